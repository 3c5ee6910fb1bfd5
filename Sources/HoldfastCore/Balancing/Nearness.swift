/// How far every gateway is from the sessions of one region.
public struct Nearness: Equatable, Sendable {
    /// There and back, by gateway; nil where no way leads.
    let roundTrips: [Span?]

    /// The distances of all gateways, in the order of their ids.
    public init(_ roundTrips: [Span?]) { self.roundTrips = roundTrips }

    /// The nearest gateway among those that `isThere` lets pass, and of several the first from `start` on, around; nil
    /// when none of them can be reached.
    func pick(from start: UInt64, isThere: (GatewayID) -> Bool) -> GatewayID? {
        var best: (gateway: GatewayID, distance: Span)?
        for step in roundTrips.indices {
            let index = (Int(start) + step) % roundTrips.count
            guard let distance = roundTrips[index], isThere(GatewayID(index)) else { continue }
            if let best, best.distance <= distance { continue }
            best = (GatewayID(index), distance)
        }
        return best?.gateway
    }
}
