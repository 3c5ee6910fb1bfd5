import HoldfastCore

/// Attempts that want to know where to go, field by field; all lists have the same length.
public struct RouteQuestions: Codable, Equatable, Sendable {
    /// Random bits of each attempt.
    public var draws: [UInt64] = []
    /// The gateway that it would rather not be sent to; -1 for none.
    public var avoided: [Int64] = []
    /// The gateway that it has in quarantine, the last to be taken; -1 for none.
    public var quarantined: [Int64] = []

    /// No attempt yet.
    public init() {}

    /// Asks for one more attempt.
    public mutating func add(draw: UInt64, avoiding avoidance: Avoidance) {
        draws.append(draw)
        avoided.append(RouteAnswers.number(of: avoidance.avoided))
        quarantined.append(RouteAnswers.number(of: avoidance.quarantined))
    }

    /// What the attempt at `position` keeps off.
    public func avoidance(_ position: Int) -> Avoidance {
        Avoidance(
            avoided: RouteAnswers.gateway(avoided[position]),
            quarantined: RouteAnswers.gateway(quarantined[position])
        )
    }

    /// Whether it can be answered.
    public var isSound: Bool {
        draws.count <= RegistryExchange.batchLimit && avoided.count == draws.count && quarantined.count == draws.count
    }
}

/// Where attempts go, in the order of the question.
public struct RouteAnswers: Codable, Equatable, Sendable {
    /// Of each attempt the gateway; -1 when there is none.
    public var gateways: [Int64]

    /// Answers for `gateways`.
    public init(_ gateways: [GatewayID?]) { self.gateways = gateways.map { Self.number(of: $0 ?? noGateway) } }

    /// The gateway of the attempt at `position`; `noGateway` when there is none.
    public func gateway(_ position: Int) -> GatewayID { Self.gateway(gateways[position]) }

    static func number(of gateway: GatewayID) -> Int64 { gateway == noGateway ? -1 : Int64(gateway) }

    static func gateway(_ number: Int64) -> GatewayID { GatewayID(exactly: number) ?? noGateway }
}
