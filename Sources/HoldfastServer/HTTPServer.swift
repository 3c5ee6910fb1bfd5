import Hummingbird
import Logging
import ServiceLifecycle

/// An HTTP server of ours: it listens when `start` returns, and nothing is left when `stop` does.
public final class HTTPServer: Sendable {
    /// The port that was really bound; nil on a Unix socket.
    public let port: Int?

    private let group: ServiceGroup
    private let running: Task<Void, any Error>

    private init(port: Int?, group: ServiceGroup, running: Task<Void, any Error>) {
        self.port = port
        self.group = group
        self.running = running
    }

    /// Listens at `address` (port 0 lets the kernel choose) and lets `responder` answer; returns once connections are
    /// taken. With `endsOnSignals` SIGINT and SIGTERM end it gracefully.
    public static func start<Responder: HTTPResponder>(
        _ responder: Responder,
        at address: BindAddress,
        endsOnSignals: Bool = false
    ) async throws(HTTPServerError) -> HTTPServer where Responder.Context == BasicRequestContext {
        // What matters is in the answers; a run's output is not the place for a server's log.
        var logger = Logger(label: "holdfast.server")
        logger.logLevel = .critical
        let (bound, report) = AsyncStream<Int?>.makeStream()
        let application = Application(
            responder: responder,
            configuration: ApplicationConfiguration(address: address, backlog: 1_024),
            onServerRunning: { channel in report.yield(channel.localAddress?.port) },
            logger: logger
        )
        var configuration = ServiceGroupConfiguration(
            services: [application],
            gracefulShutdownSignals: endsOnSignals ? [.sigint, .sigterm] : [],
            logger: logger
        )
        // A connection that is never closed by its other end must not hold up the end.
        configuration.maximumGracefulShutdownDuration = .seconds(3)
        let group = ServiceGroup(configuration: configuration)
        let running = Task {
            defer { report.finish() }
            try await group.run()
        }
        for await port in bound { return HTTPServer(port: port, group: group, running: running) }
        switch await running.result {
        case .success: throw HTTPServerError(reason: "it ended at once")
        case .failure(let error): throw HTTPServerError(reason: "\(error)")
        }
    }

    /// Waits until a signal or `stop` has ended it.
    public func wait() async throws { try await running.value }

    /// Answers what is under way, closes every connection and returns when nothing is left. Later calls do nothing.
    public func stop() async {
        await group.triggerGracefulShutdown()
        _ = await running.result
    }
}

/// Why a server could not start.
public struct HTTPServerError: Error, Equatable, CustomStringConvertible {
    /// One line.
    public var reason: String

    /// The same.
    public var description: String { reason }
}
