import HoldfastServer
import Hummingbird
import Synchronization

/// The coordinator's side of the control exchange: HTTP on a Unix socket.
public final class ControlServer<Handler: ControlHandler>: Sendable {
    private let socketPath: String
    private let responder: ControlResponder<Handler>
    private let server = Mutex<HTTPServer?>(nil)

    /// The longest path that a Unix socket can have; bytes.
    public static var longestSocketPath: Int { 107 }

    /// A server on the Unix socket at `socketPath` that lets `handler` answer and refuses messages of more than
    /// `messageLimit` bytes. A socket left over there is replaced.
    public init(socketPath: String, handler: Handler, messageLimit: Int = ControlLimits.message) {
        self.socketPath = socketPath
        responder = ControlResponder(handler: handler, messageLimit: messageLimit)
    }

    /// Starts to serve; returns once the socket takes connections. Once only.
    public func start() async throws(ControlServerError) {
        guard socketPath.utf8.count <= Self.longestSocketPath else {
            throw .socketPathTooLong(socketPath, limit: Self.longestSocketPath)
        }
        do {
            let started = try await HTTPServer.start(responder, at: .unixDomainSocket(path: socketPath))
            server.withLock { $0 = started }
        } catch {
            throw .cannotListen(socketPath, error.reason)
        }
    }

    /// Answers what is under way, closes every connection and returns when nothing is left.
    public func stop() async { await server.withLock { $0.take() }?.stop() }
}

/// Why the server could not start.
public enum ControlServerError: Error, Equatable, CustomStringConvertible {
    /// Unix socket paths are short.
    case socketPathTooLong(String, limit: Int)
    /// The socket could not be had, and why.
    case cannotListen(String, String)

    /// One line.
    public var description: String {
        switch self {
        case .socketPathTooLong(let path, let limit):
            "the control socket's path has \(path.utf8.count) bytes, at most \(limit) are possible: \(path)"
        case .cannotListen(let path, let reason): "cannot listen on the control socket \(path): \(reason)"
        }
    }
}
