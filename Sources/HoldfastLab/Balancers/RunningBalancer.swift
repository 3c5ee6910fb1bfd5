import HoldfastCore

/// Somebody else's balancer, once it is started.
public enum RunningBalancer: Sendable {
    /// HAProxy.
    case haproxy(HAProxy)
    /// nginx.
    case nginx(Nginx)

    /// Whose it is.
    public var program: ForeignProgram {
        switch self {
        case .haproxy: .haproxy
        case .nginx: .nginx
        }
    }

    /// The process that stands for it.
    public var process: ChildProcess {
        switch self {
        case .haproxy(let haproxy): haproxy.process
        case .nginx(let nginx): nginx.process
        }
    }

    /// Whether it says how many connections it has to whom.
    public var tellsCounts: Bool {
        switch self {
        case .haproxy: true
        case .nginx: false
        }
    }

    /// Waits until it takes connections for every gateway.
    public func waitUntilReady(within limit: Span) async throws(ForeignProgramError) {
        switch self {
        case .haproxy(let haproxy): try await haproxy.waitUntilReady(within: limit)
        case .nginx(let nginx): try await nginx.waitUntilReady(within: limit)
        }
    }

    /// What it says of every gateway, by id; empty where it does not tell. Blocks the calling thread for a moment, at
    /// most a few seconds.
    public func servers() throws(ForeignProgramError) -> [HAProxyServer] {
        switch self {
        case .haproxy(let haproxy): return try haproxy.servers()
        case .nginx(let nginx):
            if let trouble = nginx.trouble { throw trouble }
            return []
        }
    }

    /// Ends it at once, connections included.
    public func stop() async {
        switch self {
        case .haproxy(let haproxy): await haproxy.stop()
        case .nginx(let nginx): await nginx.stop()
        }
    }
}
