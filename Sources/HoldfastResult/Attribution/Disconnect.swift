import HoldfastCore

/// What a worker knows about the end of one admitted connection. Instants are on the run's clock, as those of
/// `ExecutedInterval`.
public struct Disconnect: Equatable, Sendable {
    /// The session; decides whether it is among the victims of a fault on a share of a population.
    public var session: SessionID
    /// The gateway that the connection was admitted on.
    public var gateway: GatewayID
    /// The last byte received.
    public var lastProofOfLife: Instant
    /// When the session knew.
    public var at: Instant
    /// How the session came to know.
    public var mechanism: Mechanism
    /// The fault by which the worker itself ended this very connection; nil when somebody else did.
    public var injectedBy: Int?
    /// Whether its worker knows that the plan wanted it: a lifetime is over.
    public var isScheduled = false
    /// Whether it is known that a box on the way had forgotten the connection, which was idle: so in virtual time.
    public var isAged = false
    /// How long the connection had been admitted; nil where nobody says.
    public var age: Span?
    /// When the session last wrote anything, which is what its gateway waits for; nil where every byte that it hears
    /// is an answer to one of its own, or makes it write one.
    public var lastWrite: Instant?
    /// The network that its connection began on, as the plan numbers those that clients move to; 0 is the session's
    /// own.
    public var network = 0
    /// Why the gateway asked the session to go; nil where it did not.
    public var goaway: GoawayReason?

    /// How long its gateway heard nothing, as far as the session can tell.
    var silence: Span { at - (lastWrite ?? lastProofOfLife) }

    /// A disconnect from its parts; not injected by default.
    public init(
        session: SessionID,
        gateway: GatewayID,
        lastProofOfLife: Instant,
        at: Instant,
        mechanism: Mechanism,
        injectedBy: Int? = nil
    ) {
        self.session = session
        self.gateway = gateway
        self.lastProofOfLife = lastProofOfLife
        self.at = at
        self.mechanism = mechanism
        self.injectedBy = injectedBy
    }
}

/// Who is held responsible for one disconnect.
public struct Ruling: Equatable, Sendable {
    /// Who it was.
    public var cause: Cause
    /// The fault's index in the timeline; nil for causes without one.
    public var fault: Int?
    /// When the fault began: detection latency and outage count from here. Nil without a fault, and where the fleet's
    /// policy was at work.
    public var onset: Instant?

    /// A ruling from its parts.
    public init(cause: Cause, fault: Int? = nil, onset: Instant? = nil) {
        self.cause = cause
        self.fault = fault
        self.onset = onset
    }
}
