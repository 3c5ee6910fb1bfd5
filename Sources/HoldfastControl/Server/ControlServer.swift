import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

/// The coordinator's side of the control exchange: HTTP on a Unix socket.
public final class ControlServer<Handler: ControlHandler>: Sendable {
    private let socketPath: String
    private let group: ServiceGroup
    private let startup: Startup
    private let running = Mutex<Task<Void, Never>?>(nil)

    /// The longest path that a Unix socket can have; bytes.
    public static var longestSocketPath: Int { 107 }

    /// A server on the Unix socket at `socketPath` that lets `handler` answer and refuses messages of more than
    /// `messageLimit` bytes. A socket left over there is replaced.
    public init(socketPath: String, handler: Handler, messageLimit: Int = ControlLimits.message) {
        self.socketPath = socketPath
        let startup = Startup()
        self.startup = startup
        var logger = Logger(label: "holdfast.control")
        // What matters is in the answers; a run's output is not the place for a server's log.
        logger.logLevel = .critical
        let application = Application(
            responder: ControlResponder(handler: handler, messageLimit: messageLimit),
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: socketPath),
                backlog: 1024
            ),
            onServerRunning: { _ in startup.finish(.success(())) },
            logger: logger
        )
        group = ServiceGroup(configuration: .init(services: [application], logger: logger))
    }

    /// Starts to serve; returns once the socket takes connections. Once only.
    public func start() async throws {
        guard socketPath.utf8.count <= Self.longestSocketPath else {
            throw ControlServerError.socketPathTooLong(socketPath, limit: Self.longestSocketPath)
        }
        let group = group
        let startup = startup
        running.withLock { running in
            running = Task {
                do {
                    try await group.run()
                    startup.finish(.failure(CancellationError()))
                } catch {
                    startup.finish(.failure(error))
                }
            }
        }
        do {
            try await startup.wait()
        } catch {
            throw ControlServerError.cannotListen(socketPath, "\(error)")
        }
    }

    /// Answers what is under way, closes every connection and returns when nothing is left.
    public func stop() async {
        guard let task = running.withLock({ $0.take() }) else { return }
        await group.triggerGracefulShutdown()
        await task.value
    }
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

/// The first of "it serves" and "it failed", for the one who waits.
private final class Startup: Sendable {
    private enum State {
        case open
        case waiting(CheckedContinuation<Void, any Error>)
        case finished(Result<Void, any Error>)
    }

    private let state = Mutex(State.open)

    func finish(_ result: Result<Void, any Error>) {
        let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            switch state {
            case .open:
                state = .finished(result)
                return nil
            case .waiting(let continuation):
                state = .finished(result)
                return continuation
            case .finished:
                return nil
            }
        }
        waiting?.resume(with: result)
    }

    func wait() async throws {
        try await withCheckedThrowingContinuation { continuation in
            let finished = state.withLock { state -> Result<Void, any Error>? in
                if case .finished(let result) = state { return result }
                state = .waiting(continuation)
                return nil
            }
            if let finished { continuation.resume(with: finished) }
        }
    }
}
