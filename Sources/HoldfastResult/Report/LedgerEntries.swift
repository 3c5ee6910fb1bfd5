import HoldfastCore

/// One cell of the ledger: how many disconnects of one kind in one plan second.
public struct LedgerCell: Hashable, Sendable {
    /// Plan second since t0, rounded down.
    public var second: Int32
    /// The gateway that the connection was admitted on.
    public var gateway: GatewayID
    /// Who is held responsible.
    public var cause: Cause
    /// How the session came to know.
    public var mechanism: Mechanism
    /// The fault's index in the timeline; nil for causes without one.
    public var fault: Int?
    /// Disconnects.
    public var count: UInt64
    /// The sessions' group; nil in a plan without groups.
    public var group: Int?

    /// A cell from its parts.
    public init(
        second: Int32,
        gateway: GatewayID,
        cause: Cause,
        mechanism: Mechanism,
        fault: Int?,
        count: UInt64,
        group: Int? = nil
    ) {
        self.second = second
        self.gateway = gateway
        self.cause = cause
        self.mechanism = mechanism
        self.fault = fault
        self.count = count
        self.group = group
    }
}

/// One disconnect, whole. Instants are nanoseconds since t0 in real time.
public struct DisconnectRow: Hashable, Sendable {
    /// The session.
    public var session: SessionID
    /// The connection's ordinal.
    public var ordinal: Ordinal
    /// The gateway that it was admitted on.
    public var gateway: GatewayID
    /// When the session knew.
    public var at: Instant
    /// When it was admitted.
    public var admittedAt: Instant
    /// The last byte received.
    public var lastProofOfLife: Instant
    /// How the session came to know.
    public var mechanism: Mechanism
    /// Who is held responsible; nil while that waits for executed times.
    public var cause: Cause?
    /// The fault's index in the timeline.
    public var fault: Int?
    /// Source address and port, then what the session connected to, such as `127.64.0.1:1024>127.2.0.1:40001`.
    public var tuple: String

    /// A row from its parts.
    public init(
        session: SessionID,
        ordinal: Ordinal,
        gateway: GatewayID,
        at: Instant,
        admittedAt: Instant,
        lastProofOfLife: Instant,
        mechanism: Mechanism,
        cause: Cause? = nil,
        fault: Int? = nil,
        tuple: String = ""
    ) {
        self.session = session
        self.ordinal = ordinal
        self.gateway = gateway
        self.at = at
        self.admittedAt = admittedAt
        self.lastProofOfLife = lastProofOfLife
        self.mechanism = mechanism
        self.cause = cause
        self.fault = fault
        self.tuple = tuple
    }
}

/// When one fault was really carried out; real time on the run's clock (`CLOCK_MONOTONIC` when live).
public struct ExecutedInterval: Hashable, Sendable {
    /// The fault's index in the timeline.
    public var fault: Int
    /// The gateway it was carried out on; nil when its scope is sessions.
    public var gateway: GatewayID?
    /// First effect.
    public var start: Instant
    /// Last effect; nil while it goes on.
    public var end: Instant?

    /// An interval from its parts.
    public init(fault: Int, gateway: GatewayID?, start: Instant, end: Instant?) {
        self.fault = fault
        self.gateway = gateway
        self.start = start
        self.end = end
    }
}

/// What one fault did to the sessions of one worker, cumulative.
public struct FaultTally: Equatable, Sendable {
    /// The fault's index in the timeline.
    public var fault: Int
    /// Connections it ended, directly or as a consequence.
    public var victims: UInt64 = 0
    /// Planned victims that were not established at the instant.
    public var skipped: UInt64 = 0
    /// Victims that the timeline sent away for good; those that gave up are still missed.
    public var departed: UInt64 = 0
    /// From onset to the session's knowledge, plan seconds; consequences only.
    public var detection = Histogram()
    /// From onset to the next admission, plan seconds.
    public var outage = Histogram()

    /// Nothing yet for `fault`.
    public init(fault: Int) { self.fault = fault }
}

/// The ranks of one worker's sessions that were on a fault's gateways two seconds before the fault.
public struct RankReport: Hashable, Sendable {
    /// The fault's index in the timeline.
    public var fault: Int
    /// Every rank, ascending.
    public var ranks: [UInt32]

    /// The ranks for `fault`.
    public init(fault: Int, ranks: [UInt32]) {
        self.fault = fault
        self.ranks = ranks
    }
}
