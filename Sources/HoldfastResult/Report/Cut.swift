import HoldfastCore

/// The populations of one process at one whole plan second, before the events of that instant.
public struct Cut: Equatable, Sendable {
    /// Plan seconds since t0; the last cut is at the plan's duration.
    public var second: Int32
    /// One entry for each gateway that the process knows of.
    public var populations: [GatewayPopulation] = []
    /// Sessions that are neither admitted nor stopped; workers only.
    public var waiting: UInt64 = 0
    /// Sessions that are stopped; workers only.
    public var stopped: UInt64 = 0
    /// Attempts since establishing began; workers only.
    public var attempts: UInt64 = 0
    /// Attempts whose time has come and that were not made yet; workers only.
    public var attemptsDue: UInt64 = 0

    /// An empty cut at `second`.
    public init(second: Int32) { self.second = second }
}

/// The admitted connections of one gateway as one process believes them.
public struct GatewayPopulation: Equatable, Sendable {
    /// Which gateway.
    public var gateway: GatewayID
    /// Admissions so far.
    public var opened: UInt64
    /// Ends of admitted connections so far.
    public var closed: UInt64
    /// Order-independent digest of what is open; balancers, which know no sessions, leave it empty.
    public var digest: Digest

    /// A population from its parts.
    public init(gateway: GatewayID, opened: UInt64, closed: UInt64, digest: Digest) {
        self.gateway = gateway
        self.opened = opened
        self.closed = closed
        self.digest = digest
    }

    /// Connections open at the cut.
    public var open: UInt64 { opened - closed }
}
