/// The gateways that a session would rather not be sent to.
public struct Avoidance: Equatable, Sendable {
    /// The one that just failed, or sent it away; `noGateway` is none.
    public var avoided: GatewayID
    /// The one that is in quarantine, the last to be taken; `noGateway` is none.
    public var quarantined: GatewayID

    /// These, by default none.
    public init(avoided: GatewayID = noGateway, quarantined: GatewayID = noGateway) {
        self.avoided = avoided
        self.quarantined = quarantined
    }

    /// Whether `gateway` is one of them.
    public func concerns(_ gateway: GatewayID) -> Bool { gateway == avoided || gateway == quarantined }
}
