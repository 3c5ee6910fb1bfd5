import HoldfastCore

/// `target.regions`, and what must be said where of it.
extension SectionReader {
    /// From each region to itself and to those below it: a triangle, since both directions are alike.
    mutating func regions(_ node: PlanNode?) -> Regions? {
        guard let node else { return nil }
        reader.onlySimulated("regions", at: node.place)
        guard case .mapping(let entries) = node.content, !entries.isEmpty, entries.count <= SectionReader.regionLimit
        else {
            let expected = "a mapping of 1 to \(SectionReader.regionLimit) regions"
            reader.refuse(at: node.place, found: node.found, expected: expected)
            return nil
        }
        let names = entries.map(\.key)
        for entry in entries where ValueKind<String>.name("a region").parse(entry.key) == nil {
            let expected = ValueKind<String>.name("a region").expected
            reader.refuse(at: entry.place, found: quoted(entry.key), expected: expected)
        }
        let row = [Distance?](repeating: nil, count: names.count)
        var known = [[Distance?]](repeating: row, count: names.count)
        for (first, entry) in entries.enumerated() { readDistances(from: first, entry.value, names, &known) }
        var roundTrips = [[Span?]](repeating: [Span?](repeating: nil, count: names.count), count: names.count)
        for first in names.indices {
            for second in names.indices {
                if case .roundTrip(let span) = known[first][second] { roundTrips[first][second] = span }
                guard known[first][second] == nil, first <= second, !reader.hasErrors else { continue }
                let found = "no distance between \(names[first]) and \(names[second])"
                reader.refuse(at: node.place, found: found, expected: "one for each two, and from each to itself")
            }
        }
        return Regions(names: names, roundTrips: roundTrips)
    }

    private static let regionLimit = 64

    private enum Distance: Equatable {
        case roundTrip(Span)
        case unreachable
    }

    private mutating func readDistances(
        from first: Int,
        _ node: PlanNode,
        _ names: [String],
        _ known: inout [[Distance?]]
    ) {
        let fields = reader.fields(node, parent: node.place, known: names)
        let longest = ScalarText.text(Regions.longestRoundTrip)
        let kind = ValueKind<Distance>(
            expected: "a round trip of at most \(longest), or \(Regions.unreachable)",
            parse: { text in
                if text == Regions.unreachable { return .unreachable }
                guard let span = ScalarText.span(text), span <= Regions.longestRoundTrip else { return nil }
                return .roundTrip(span)
            }
        )
        for (second, name) in names.enumerated() {
            guard let value = fields[name], let distance = reader.value(value, kind) else { continue }
            if known[first][second] != nil {
                let found = "the distance between \(names[first]) and \(name) again"
                reader.refuse(at: value.place, found: found, expected: "one for each two")
            }
            known[first][second] = distance
            known[second][first] = distance
        }
    }

    /// One region for all gateways, or one for each.
    mutating func gatewayRegions(_ node: PlanNode?, count: Int?) -> [String] {
        guard let node else { return [] }
        let kind = ValueKind<String>.name("a region")
        guard case .sequence(let items) = node.content else {
            guard let region = reader.value(node, kind) else { return [] }
            return [String](repeating: region, count: count ?? 1)
        }
        if let count, items.count != count {
            let found = "\(items.count) regions for \(count) gateways"
            reader.refuse(at: node.place, found: found, expected: "one region, or one for each gateway")
        }
        return items.compactMap { reader.value($0, kind) }
    }

    // MARK: Agreement

    mutating func agreeOnRegions(_ plan: Plan, _ root: PlanNode) {
        let target = plan.target
        guard let regions = target.regions else {
            let places = [
                (target.algorithm == .nearest, root.place(of: "target", "algorithm"), "`nearest`"),
                (!target.gateway.regions.isEmpty, root.place(of: "target", "gateway", "region"), "`region`"),
                (target.balancer.region != nil, root.place(of: "target", "balancer", "region"), "`region`"),
                (plan.groups.contains { $0.region != nil }, root.place(of: "groups"), "`region`"),
            ]
            for (isThere, place, name) in places where isThere {
                reader.refuse(at: place, found: "\(name) without `regions`", expected: "`target.regions`")
            }
            return
        }
        agree(target.gateway.regions, "gateway", root.place(of: "target", "gateway"), regions)
        let hasBalancer = target.via != .client || target.registry?.fallback == .slb
        if hasBalancer || target.balancer.region != nil {
            let own = [target.balancer.region].compactMap(\.self)
            agree(own, "balancer", root.place(of: "target", "balancer"), regions)
        }
        let own = plan.groups.map { $0.region.map { [$0] } ?? [] }
        for region in own.isEmpty ? [[]] : own { agree(region, "group", root.place(of: "groups"), regions) }
    }

    private mutating func agree(_ names: [String], _ whose: String, _ place: Place, _ regions: Regions) {
        let known = listed(regions.names)
        if names.isEmpty {
            reader.refuse(at: place, found: "`regions` and a \(whose) in none", expected: "`region`: \(known)")
        } else if let name = names.first(where: { !regions.names.contains($0) }) {
            reader.refuse(
                at: place,
                found: "unknown region \(quoted(name))",
                expected: known,
                suggestion: nearestName(to: name, among: regions.names)
            )
        }
    }
}

extension Regions {
    /// What is written for two regions that no way connects.
    static let unreachable = "unreachable"
}
