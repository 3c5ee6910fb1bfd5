import HoldfastServer
import Hummingbird

/// An OTLP receiver with a memory: what it is sent is in SQLite, and can be asked for over HTTP and looked at in a
/// browser.
public final class Collector: Sendable {
    /// Where it listens; the port that was really bound.
    public let port: Int
    private let address: String
    private let server: HTTPServer
    private let store: PointStore

    /// `http://ADDRESS:PORT`, without a path; fit for `PushEndpoint`.
    public var url: String { address.contains(":") ? "http://[\(address)]:\(port)" : "http://\(address):\(port)" }

    private init(port: Int, address: String, server: HTTPServer, store: PointStore) {
        self.port = port
        self.address = address
        self.server = server
        self.store = store
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
        try await collector.server.wait()
        try collector.store.close()
    }

    /// Answers what is under way, closes every connection and the file. Later calls do nothing.
    public func stop() async {
        await server.stop()
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
        do {
            let server = try await HTTPServer.start(
                CollectorRouter(store: store, limits: limits).router().buildResponder(),
                at: .hostname(address, port: port),
                endsOnSignals: endsOnSignals
            )
            return Collector(port: server.port ?? port, address: address, server: server, store: store)
        } catch {
            try? store.close()
            throw .cannotListen(address, port, error.reason)
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
