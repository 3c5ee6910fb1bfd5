/// What the sessions of one group have in common; a session is handed it with every event and keeps none of it.
public struct SessionPolicy: Sendable {
    /// The run's seed.
    public var seed: Seed
    /// How a session proves that its gateway lives.
    public var heartbeat: HeartbeatPolicy
    /// When it comes back.
    public var reconnect: ReconnectPolicy
    /// From `connect()` to the connection.
    public var connectTimeout: Span
    /// From the connection to admission.
    public var loginTimeout: Span
    /// Who picks the gateway.
    public var selection: GatewaySelection

    /// A policy from its parts.
    public init(
        seed: Seed,
        heartbeat: HeartbeatPolicy,
        reconnect: ReconnectPolicy,
        connectTimeout: Span = .seconds(5),
        loginTimeout: Span = .seconds(5),
        selection: GatewaySelection = .balancer
    ) {
        self.seed = seed
        self.heartbeat = heartbeat
        self.reconnect = reconnect
        self.connectTimeout = connectTimeout
        self.loginTimeout = loginTimeout
        self.selection = selection
    }
}

/// Who picks a session's gateway.
public enum GatewaySelection: Equatable, Sendable {
    /// A balancer: the session connects to the balancer's address.
    case balancer
    /// The session itself, from a list of this many gateways.
    case client(ClientAlgorithm, gateways: UInt32, onFailure: FailureChoice)
    /// A routing service that answers each attempt with one of this many gateways; the driver asks it.
    case routed(gateways: UInt32, onFailure: FailureChoice)

    /// Whether a session picks by what it knows itself: an attempt without a gateway then fails before it connects.
    public var isOwn: Bool {
        if case .client = self { true } else { false }
    }

    /// Whether a session keeps off the gateway that just failed.
    var leavesFailed: Bool {
        switch self {
        case .balancer: false
        case .client(_, _, let onFailure), .routed(_, let onFailure): onFailure == .switchGateway
        }
    }

    /// Whether a session can go to a gateway of its own choice.
    func offers(_ gateway: GatewayID) -> Bool {
        switch self {
        case .balancer: false
        case .client(_, let gateways, _), .routed(let gateways, _): gateway < gateways
        }
    }
}
