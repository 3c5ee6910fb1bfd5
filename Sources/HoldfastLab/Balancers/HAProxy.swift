import Glibc
import HoldfastCore

/// A running HAProxy: one process in the foreground, in a process group of its own; one that can be reloaded is a
/// master and a worker, and the workers of before as long as they have connections.
///
/// Nobody connects through it to see whether it works: that would move its cursor. It is asked over its statistics
/// socket.
public final class HAProxy: Sendable {
    /// The process, to be watched (`pollExit`) like any other.
    public let process: ChildProcess
    /// Where its messages go.
    public let logPath: String

    private let gateways: Int
    private let absentGateways: Int
    private let statisticsSocket: String
    /// Nil for one that cannot be reloaded.
    private let workers: HAProxyWorkers?
    private let stateFile: String

    private init(
        process: ChildProcess,
        logPath: String,
        configuration: HAProxyConfiguration,
        statisticsSocket: String,
        stateFile: String,
        workers: HAProxyWorkers?
    ) {
        self.process = process
        self.logPath = logPath
        gateways = configuration.gatewayAddresses.count
        absentGateways = configuration.absentGateways
        self.statisticsSocket = statisticsSocket
        self.stateFile = stateFile
        self.workers = workers
    }

    /// Writes `haproxy.cfg` to `logDirectory`, has it checked, and starts HAProxy with it.
    ///
    /// - Parameters:
    ///   - socketDirectory: Where the statistics socket goes; its path must stay below 107 bytes.
    ///   - canReload: Whether it is a master with a worker.
    ///   - executable: nil looks for `haproxy` in `PATH`, then in /usr/sbin.
    public static func start(
        _ configuration: HAProxyConfiguration,
        canReload: Bool = false,
        spawner: Spawner,
        socketDirectory: String,
        logDirectory: String,
        executable: String? = nil
    ) async throws(ForeignProgramError) -> HAProxy {
        let socket = "\(socketDirectory)/haproxy.sock"
        let masterSocket = "\(socketDirectory)/haproxy-master.sock"
        let file = "\(logDirectory)/haproxy.cfg"
        let stateFile = "\(logDirectory)/haproxy.state"
        // A version, and nobody.
        if canReload { try write("1\n", to: stateFile) }
        let job = ForeignProgram.Job(
            text: configuration.text(statisticsSocket: socket, stateFile: canReload ? stateFile : nil),
            file: file,
            check: ["-c", "-f", file],
            run: (canReload ? ["-W", "-S", masterSocket] : []) + ["-db", "-f", file],
            log: "\(logDirectory)/haproxy.log"
        )
        return HAProxy(
            process: try await ForeignProgram.haproxy.start(job, executable: executable, spawner: spawner),
            logPath: job.log,
            configuration: configuration,
            statisticsSocket: socket,
            stateFile: stateFile,
            workers: canReload ? HAProxyWorkers(socket: masterSocket) : nil
        )
    }

    /// Waits until every gateway has passed a health check, and every absent one has not.
    public func waitUntilReady(within limit: Span) async throws(ForeignProgramError) {
        let deadline = MonotonicClock.now() + limit
        while true {
            if let status = process.pollExit() {
                throw problem(.ended(status, message: TextFile.lastLines(4, of: logPath)))
            }
            let answer = Result { () throws(ForeignProgramError) in try servers() }
            if let servers = try? answer.get(), isReady(servers) { return }
            if MonotonicClock.now() >= deadline || Task.isCancelled { throw notReady(try answer.get()) }
            await MonotonicClock.rest(.milliseconds(10))
        }
    }

    /// What HAProxy says about every gateway, by id. Blocks the calling thread for a moment, at most a few seconds.
    public func servers() throws(ForeignProgramError) -> [HAProxyServer] {
        let answer: String
        do {
            if let workers { return try workers.servers() }
            answer = try UnixSocketQuery.ask("show stat\n", at: statisticsSocket, timeout: .seconds(2))
        } catch {
            throw problem(.noAnswer(error.description))
        }
        guard let servers = HAProxyStatistics.servers(in: answer) else {
            throw problem(.noAnswer("unexpected answer: \(answer.prefix(80))"))
        }
        return servers
    }

    /// Has a new worker take what comes from now on, with counts and turns of its own; the old one stays as long as it
    /// has connections. Only for one that can.
    public func reload(within limit: Span) async throws(ForeignProgramError) {
        let deadline = MonotonicClock.now() + limit
        var old: Int32?
        while true {
            let present = try? workers?.present()
            if old == nil, present != nil, let state = try? workers?.state() {
                old = present
                try HAProxy.write(state, to: stateFile)
                process.signalLeader(SIGUSR2)
            } else if let present, present != old, (try? servers())?.count == gateways {
                return
            }
            guard MonotonicClock.now() < deadline, process.isAlive else { throw problem(.notReloaded(limit)) }
            await MonotonicClock.rest(.milliseconds(5))
        }
    }

    /// Ends it at once, connections included.
    @discardableResult
    public func stop() async -> ExitStatus? { await process.stop(grace: .seconds(1)) }

    private static func write(_ text: String, to path: String) throws(ForeignProgramError) {
        guard let failure = TextFile.write(text, to: path) else { return }
        throw ForeignProgramError(.haproxy, .cannotWrite(path, errorNumber: failure))
    }

    private func isReady(_ servers: [HAProxyServer]) -> Bool {
        servers.count == gateways && servers.dropLast(absentGateways).allSatisfy(\.isReady)
            && servers.suffix(absentGateways).allSatisfy { $0.status == "DOWN" }
    }

    private func notReady(_ servers: [HAProxyServer]) -> ForeignProgramError {
        let present = servers.dropLast(absentGateways).filter { !$0.isReady }
        let waiting = present + servers.suffix(absentGateways).filter { $0.status != "DOWN" }
        let message = waiting.map { "\($0.gateway) is \($0.status) (\($0.check))" }.joined(separator: ", ")
        return problem(.notReady(waiting.map(\.gateway), message: message))
    }

    private func problem(_ reason: ForeignProgramError.Reason) -> ForeignProgramError {
        ForeignProgramError(.haproxy, reason)
    }
}
