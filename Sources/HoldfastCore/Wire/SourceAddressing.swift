/// Which source address and port each connection of each session has: a function of session and ordinal, and its
/// inverse.
///
/// No allocator, no search, and no dependence on how sessions are spread over workers. Ports lie in 1024 ..< `low`, the
/// start of the kernel's ephemeral range, so that no other program is starved.
public struct SourceAddressing: Equatable, Sendable {
    /// The first port of all.
    public static let firstPort: UInt16 = 1024
    /// 127.64.0.0: session i has this plus 1 plus i/crowd.
    public static let base: UInt32 = 0x7F40_0000
    /// The most source addresses: 127.64.0.0/10 without its first and last.
    public static let addressLimit: UInt32 = 0x3F_FFFE
    /// What a proxy adds to a client's address to get its own upstream address.
    public static let upstreamOffset: UInt32 = 0x40_0000

    /// Sessions that share one address.
    public let crowd: UInt32
    /// Ports of each session; ordinals further apart than this share a port.
    public let portsPerSession: UInt32
    /// Ports within the range that nobody may use, ascending.
    public let excluded: [UInt16]

    /// The addressing of a run; nil when a session would have no port at all.
    ///
    /// `low` is the start of the ephemeral range. `excluded` is in ascending order; what lies outside the range of
    /// ports does not count.
    public init?(crowd: Int, low: UInt16, excluded: [UInt16] = []) {
        let used = excluded.filter { $0 >= SourceAddressing.firstPort && $0 < low }
        let ports = Int(low) - Int(SourceAddressing.firstPort) - used.count
        guard crowd > 0, ports >= crowd else { return nil }
        self.crowd = UInt32(crowd)
        self.portsPerSession = UInt32(ports / crowd)
        self.excluded = used
    }

    /// The most sessions for which there are addresses.
    public var sessionLimit: Int { Int(crowd) * Int(SourceAddressing.addressLimit) }

    /// The source of a connection.
    public func source(session: SessionID, ordinal: Ordinal) -> Endpoint {
        let rank = (session % crowd) * portsPerSession + ordinal % portsPerSession
        return Endpoint(address: SourceAddressing.base + 1 + session / crowd, port: port(rank: rank))
    }

    /// The session that owns `source`, and its connection's ordinal modulo `portsPerSession`; nil when no session does.
    public func owner(of source: Endpoint) -> (session: SessionID, ordinal: Ordinal)? {
        guard source.address > SourceAddressing.base,
            source.address <= SourceAddressing.base + SourceAddressing.addressLimit,
            let rank = rank(port: source.port)
        else { return nil }
        let member = rank / portsPerSession
        guard member < crowd else { return nil }
        let (start, overflow) = (source.address - SourceAddressing.base - 1).multipliedReportingOverflow(by: crowd)
        guard !overflow else { return nil }
        return (start + member, rank % portsPerSession)
    }

    /// Where a proxy connects from for the client at `source`.
    public static func upstream(of source: Endpoint) -> Endpoint {
        Endpoint(address: source.address &+ upstreamOffset, port: source.port)
    }

    /// Where the client at the far end of a connection from `source` is: a proxy or two may stand between.
    public static func origin(of source: Endpoint) -> Endpoint {
        guard source.address >= base + upstreamOffset else { return source }
        return Endpoint(address: base | source.address & (upstreamOffset - 1), port: source.port)
    }

    private func port(rank: UInt32) -> UInt16 {
        var port = UInt16(truncatingIfNeeded: UInt32(SourceAddressing.firstPort) + rank)
        for taken in excluded where taken <= port { port += 1 }
        return port
    }

    private func rank(port: UInt16) -> UInt32? {
        guard port >= SourceAddressing.firstPort else { return nil }
        var rank = UInt32(port - SourceAddressing.firstPort)
        for taken in excluded {
            if taken == port { return nil }
            if taken < port { rank -= 1 }
        }
        return rank
    }
}
