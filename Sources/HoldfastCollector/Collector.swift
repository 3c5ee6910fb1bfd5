import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

/// An OTLP receiver with a memory: what it is sent is in SQLite, and can be asked for over HTTP and looked at in a
/// browser.
public final class Collector: Sendable {
    /// Where it listens; the port that was really bound.
    public let port: Int
    private let address: String
    private let group: ServiceGroup
    private let store: PointStore
    private let running: Task<Void, any Error>

    /// `http://ADDRESS:PORT`, without a path; fit for `PushEndpoint`.
    public var url: String { address.contains(":") ? "http://[\(address)]:\(port)" : "http://\(address):\(port)" }

    private init(port: Int, address: String, group: ServiceGroup, store: PointStore, running: Task<Void, any Error>) {
        self.port = port
        self.address = address
        self.group = group
        self.store = store
        self.running = running
    }

    /// Listens at `address` and `port` (0 lets the kernel choose) and returns once connections are taken.
    ///
    /// Points go into tables of their own in the SQLite file at `databasePath`, or are kept in memory when that is nil.
    public static func start(
        address: String = "127.0.0.1",
        port: Int = 4_318,
        databasePath: String? = nil,
        limits: CollectorLimits = CollectorLimits()
    ) async throws(CollectorError) -> Collector {
        try await start(address: address, port: port, databasePath: databasePath, limits: limits, endsOnSignals: false)
    }

    /// Listens, says so through `onListening`, and returns when SIGINT or SIGTERM has ended it gracefully.
    public static func run(
        address: String,
        port: Int,
        databasePath: String?,
        onListening: @Sendable (_ url: String) -> Void
    ) async throws {
        let collector = try await start(
            address: address,
            port: port,
            databasePath: databasePath,
            limits: CollectorLimits(),
            endsOnSignals: true
        )
        onListening(collector.url)
        try await collector.running.value
        try collector.store.close()
    }

    /// Answers what is under way, closes every connection and the file. Later calls do nothing.
    public func stop() async {
        await group.triggerGracefulShutdown()
        _ = await running.result
        try? store.close()
    }

    private static func start(
        address: String,
        port: Int,
        databasePath: String?,
        limits: CollectorLimits,
        endsOnSignals: Bool
    ) async throws(CollectorError) -> Collector {
        let store: PointStore
        do {
            store = try PointStore(path: databasePath, limits: limits)
        } catch {
            throw .cannotOpen(databasePath ?? "memory", "\(error)")
        }
        // What matters is in the answers; a run's output is not the place for a server's log.
        var logger = Logger(label: "holdfast.collector")
        logger.logLevel = .critical
        let (bound, report) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: CollectorRouter(store: store, limits: limits).router(),
            configuration: ApplicationConfiguration(address: .hostname(address, port: port), backlog: 1_024),
            onServerRunning: { channel in report.yield(channel.localAddress?.port ?? port) },
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
        for await port in bound {
            return Collector(port: port, address: address, group: group, store: store, running: running)
        }
        try? store.close()
        switch await running.result {
        case .success: throw .cannotListen(address, port, "it ended at once")
        case .failure(let error): throw .cannotListen(address, port, "\(error)")
        }
    }
}

/// Why a collector could not start.
public enum CollectorError: Error, Equatable, CustomStringConvertible {
    /// The address could not be had, and why.
    case cannotListen(String, Int, String)
    /// The database could not be had, and why.
    case cannotOpen(String, String)

    /// One line.
    public var description: String {
        switch self {
        case .cannotListen(let address, let port, let reason): "cannot listen on \(address):\(port): \(reason)"
        case .cannotOpen(let path, let reason): "cannot open the database \(path): \(reason)"
        }
    }
}
