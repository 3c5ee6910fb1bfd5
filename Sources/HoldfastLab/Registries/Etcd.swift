import HoldfastCore
import HoldfastHTTP
import Synchronization

/// A running etcd, a cluster of one: it can be stopped, killed, and started again with what it knew.
public final class Etcd: Sendable {
    /// Where it is spoken to, over HTTP.
    public let url: String
    /// Where its messages go.
    public let logPath: String

    private let executable: String
    private let arguments: [String]
    private let spawner: Spawner
    private let current: Mutex<ChildProcess>

    private init(
        url: String,
        logPath: String,
        executable: String,
        arguments: [String],
        spawner: Spawner
    ) throws(ForeignProgramError) {
        self.url = url
        self.logPath = logPath
        self.executable = executable
        self.arguments = arguments
        self.spawner = spawner
        current = Mutex(try Etcd.spawn(executable, arguments, logPath, spawner))
    }

    /// Starts etcd for clients at `port` of `address`; it speaks to itself at `peerPort`.
    ///
    /// - Parameters:
    ///   - dataDirectory: Where it keeps what it knows, about 130 MB.
    ///   - executable: nil looks for `etcd` in `PATH`, then in /usr/sbin.
    public static func start(
        address: String,
        port: UInt16,
        peerPort: UInt16,
        dataDirectory: String,
        spawner: Spawner,
        logDirectory: String,
        executable: String? = nil
    ) throws(ForeignProgramError) -> Etcd {
        guard let executable = executable ?? ForeignProgram.etcd.path else {
            throw ForeignProgramError(.etcd, .missing)
        }
        let url = "http://\(address):\(port)"
        let peerURL = "http://\(address):\(peerPort)"
        let arguments = [
            "--name", "holdfast", "--data-dir", dataDirectory,
            "--listen-client-urls", url, "--advertise-client-urls", url,
            "--listen-peer-urls", peerURL, "--initial-advertise-peer-urls", peerURL,
            "--initial-cluster", "holdfast=\(peerURL)",
            // Each report is a revision, and nobody asks for an old one.
            "--auto-compaction-mode", "revision", "--auto-compaction-retention", "10000",
            // Two files of 64 MB are its least; without these a long run would keep five.
            "--snapshot-count", "10000", "--max-snapshots", "1", "--max-wals", "1",
            "--logger", "zap", "--log-outputs", "stderr", "--log-level", "warn",
        ]
        return try Etcd(
            url: url,
            logPath: "\(logDirectory)/etcd.log",
            executable: executable,
            arguments: arguments,
            spawner: spawner
        )
    }

    /// The present process, to be watched (`pollExit`) like any other.
    public var process: ChildProcess { current.withLock { $0 } }

    /// Starts it again, after its process has ended.
    public func startAgain() throws(ForeignProgramError) {
        let next = try Etcd.spawn(executable, arguments, logPath, spawner)
        current.withLock { $0 = next }
    }

    /// A user's own settings for etcd, which are variables, are not for this one: it ends where one says the same as
    /// its arguments.
    private static func spawn(
        _ executable: String,
        _ arguments: [String],
        _ log: String,
        _ spawner: Spawner
    ) throws(ForeignProgramError) -> ChildProcess {
        let environment = Spawner.ownEnvironment().filter { !$0.key.hasPrefix("ETCD_") }
        return try ForeignProgram.etcd.spawn(executable, arguments, log, spawner, environment: environment)
    }

    /// Waits until it says that it is healthy.
    public func waitUntilReady(within limit: Span) async throws(ForeignProgramError) {
        let deadline = MonotonicClock.now() + limit
        let client = HTTPClient(name: "etcd")
        defer { client.shutdown() }
        var request = HTTPRequest(url: url + "/health")
        request.timeoutMilliseconds = 1_000
        while true {
            if await client.get(request).status == 200 { return }
            if let status = process.pollExit() {
                throw ForeignProgramError(.etcd, .ended(status, message: TextFile.lastLines(1, of: logPath)))
            }
            guard MonotonicClock.now() < deadline, !Task.isCancelled else {
                throw ForeignProgramError(.etcd, .unhealthy(limit))
            }
            await MonotonicClock.rest(.milliseconds(10))
        }
    }

    /// Ends it.
    @discardableResult
    public func stop() async -> ExitStatus? {
        process.thaw()
        return await process.stop(grace: .seconds(2))
    }
}
