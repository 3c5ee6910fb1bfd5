import HoldfastCore

extension Regions {
    var resolved: ResolvedValue {
        .mapping(
            names.enumerated().map { first, name in
                let row: [(key: String, value: ResolvedValue)] = names.enumerated().dropFirst(first).map {
                    second,
                    other in
                    (other, roundTrips[first][second]?.resolved ?? .text(Regions.unreachable))
                }
                return (name, .mapping(row))
            }
        )
    }
}
