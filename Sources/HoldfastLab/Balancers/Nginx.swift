import Glibc
import HoldfastCore
import Synchronization

/// A running nginx: a master and its workers, in a process group of their own.
public final class Nginx: Sendable {
    /// The master, to be watched (`pollExit`) like any other; it starts a worker again that ends.
    public let process: ChildProcess
    /// Where its messages go.
    public let logPath: String

    private let executable: String?
    private let spawner: Spawner
    private let logDirectory: String
    private let address: String
    private let port: UInt16
    private let workers: Int
    private let atReadiness = Mutex<Set<Int32>>([])
    private let log = Mutex((bytes: 0, tellsOfCrash: false))

    private init(
        process: ChildProcess,
        configuration: NginxConfiguration,
        executable: String?,
        spawner: Spawner,
        logDirectory: String
    ) {
        self.process = process
        self.executable = executable
        self.spawner = spawner
        self.logDirectory = logDirectory
        logPath = "\(logDirectory)/nginx.log"
        address = configuration.address
        port = configuration.port
        workers = configuration.workers
    }

    /// Writes `nginx.conf` to `logDirectory`, has it checked, and starts nginx with it.
    ///
    /// - Parameter executable: nil looks for `nginx` in `PATH`, then in /usr/sbin.
    public static func start(
        _ configuration: NginxConfiguration,
        spawner: Spawner,
        logDirectory: String,
        executable: String? = nil
    ) async throws(ForeignProgramError) -> Nginx {
        // What is relative in nginx's configuration is relative to its prefix.
        let logDirectory = Self.absolute(logDirectory)
        let job = Self.job(configuration, logDirectory)
        return Nginx(
            process: try await ForeignProgram.nginx.start(job, executable: executable, spawner: spawner),
            configuration: configuration,
            executable: executable,
            spawner: spawner,
            logDirectory: logDirectory
        )
    }

    private static func job(_ configuration: NginxConfiguration, _ logDirectory: String) -> ForeignProgram.Job {
        let file = "\(logDirectory)/nginx.conf"
        // Its prefix, so that nothing of its own package's directories is touched.
        let place = ["-p", logDirectory, "-e", "stderr", "-c", file]
        return ForeignProgram.Job(
            text: configuration.text(directory: logDirectory),
            file: file,
            check: ["-t", "-q"] + place,
            run: place,
            log: "\(logDirectory)/nginx.log"
        )
    }

    /// Writes another configuration for the same port and as many workers, which it has from its next reload on.
    public func prepare(_ configuration: NginxConfiguration) async throws(ForeignProgramError) {
        guard let executable = executable ?? ForeignProgram.nginx.path else {
            throw ForeignProgramError(.nginx, .missing)
        }
        let job = Self.job(configuration, logDirectory)
        try await ForeignProgram.nginx.configure(job, executable: executable, spawner: spawner)
    }

    /// Has new workers take what comes from now on, with counts and turns of their own; old ones stay as long as they
    /// have connections.
    public func reload(within limit: Span) async throws(ForeignProgramError) {
        let old = Set(members.map(\.pid))
        // Whoever has nothing to do ends at once: it is not missed.
        atReadiness.withLock { $0 = [process.pid] }
        process.signalLeader(SIGHUP)
        let deadline = MonotonicClock.now() + limit
        while true {
            let present = Set(members.map(\.pid))
            let new = present.subtracting(old)
            let isHandedOver = present.intersection(old).subtracting([process.pid]).allSatisfy(Self.isShuttingDown)
            if new.count == workers, isHandedOver {
                return atReadiness.withLock { $0 = new.union([process.pid]) }
            }
            guard MonotonicClock.now() < deadline, process.isAlive else {
                throw ForeignProgramError(.nginx, .notReloaded(limit))
            }
            await MonotonicClock.rest(.milliseconds(2))
        }
    }

    /// Waits until it listens, which the kernel tells, with all its workers: a connection would move its cursor.
    public func waitUntilReady(within limit: Span) async throws(ForeignProgramError) {
        let deadline = MonotonicClock.now() + limit
        while true {
            let living = members
            if living.count == workers + 1, ListeningSockets.contains(address: address, port: port) {
                atReadiness.withLock { $0 = Set(living.map(\.pid)) }
                return
            }
            if let status = process.pollExit() {
                let message = TextFile.lastLines(4, of: logPath)
                throw ForeignProgramError(.nginx, .ended(status, message: message))
            }
            guard MonotonicClock.now() < deadline, !Task.isCancelled else {
                throw ForeignProgramError(.nginx, .notListening)
            }
            await MonotonicClock.rest(.milliseconds(10))
        }
    }

    /// What is wrong with its processes; nil if all that were there when it was ready are there and run, or if the
    /// kernel does not list them now. It starts a worker again that ends, but not that worker's connections.
    public var trouble: ForeignProgramError? {
        let expected = atReadiness.withLock { $0 }
        let found = members
        guard !found.isEmpty else { return nil }
        // Those of before a reload are not expected to be there, but to have ended by themselves.
        if hasLogOfCrash || !expected.isSubset(of: found.map(\.pid)) { return ForeignProgramError(.nginx, .lostWorker) }
        return found.contains(where: \.isStill) ? ForeignProgramError(.nginx, .stopped) : nil
    }

    /// What its log has said by now; each look reads on where the one before ended, a half line before that.
    private var hasLogOfCrash: Bool {
        log.withLock { log in
            let start = max(0, log.bytes - 64)
            let news = TextFile.read(logPath, from: start) ?? ""
            log.bytes = start + news.utf8.count
            log.tellsOfCrash = log.tellsOfCrash || news.contains(" exited on signal ")
            return log.tellsOfCrash
        }
    }

    /// Whether a worker takes no connections any more, which it says in its title: for a tenth of a second old ones
    /// take them beside new ones.
    private static func isShuttingDown(_ worker: Int32) -> Bool {
        TextFile.read("/proc/\(worker)/cmdline").map { $0.contains("shutting down") } ?? true
    }

    /// `path` from the root on; as it is where there is nothing.
    private static func absolute(_ path: String) -> String {
        guard let found = realpath(path, nil) else { return path }
        defer { free(found) }
        return String(cString: found)
    }

    private var members: [ProcessGroup.Member] { ProcessGroup(id: process.pid).members().filter { !$0.isEnded } }

    /// Ends it at once, connections included.
    @discardableResult
    public func stop() async -> ExitStatus? { await process.stop(grace: .seconds(1)) }
}
