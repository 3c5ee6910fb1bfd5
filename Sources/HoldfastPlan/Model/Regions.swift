import HoldfastCore

/// Where sessions, balancer and gateways can be, and how far that is from each other.
public struct Regions: Equatable, Sendable {
    /// In the order of the plan.
    public var names: [String]
    /// There and back between two regions, by their positions; nil where no way leads. Alike in both directions, and
    /// real time: networks do not run faster.
    public var roundTrips: [[Span?]]

    /// Regions from their parts: one row and one column for each.
    public init(names: [String], roundTrips: [[Span?]]) {
        self.names = names
        self.roundTrips = roundTrips
    }

    /// There and back between two regions; nil where no way leads.
    public func roundTrip(_ first: String, _ second: String) -> Span? {
        guard let row = names.firstIndex(of: first), let column = names.firstIndex(of: second) else { return nil }
        return roundTrips[row][column]
    }

    /// The longest round trip of a plan: what arrives later than half of it could not be told from what came before
    /// (`Attribution.skew`).
    public static let longestRoundTrip = Span.milliseconds(400)
}

extension Target {
    /// Where gateway `id` stands, also one that is added later: that takes gateways that are all alike.
    func region(ofGateway id: Int) -> String? {
        gateway.regions.indices.contains(id) ? gateway.regions[id] : gateway.regions.first
    }

    /// There and back between sessions in a region and each of `count` gateways, without anything in between.
    public func roundTrips(from region: String, toGateways count: Int) -> [Span?] {
        (0..<count).map { id in self.region(ofGateway: id).flatMap { regions?.roundTrip(region, $0) } }
    }

    /// There and back between sessions in a region and the balancer.
    public func roundTripToBalancer(from region: String) -> Span? {
        balancer.region.flatMap { regions?.roundTrip(region, $0) }
    }

    /// What it takes from the balancer to each of `count` gateways and back: nothing where both are in one region,
    /// since they stand side by side there.
    public func roundTripsBehindBalancer(toGateways count: Int) -> [Span?] {
        (0..<count).map { id in
            guard let own = balancer.region, let region = region(ofGateway: id) else { return nil }
            return own == region ? .zero : regions?.roundTrip(own, region)
        }
    }
}
