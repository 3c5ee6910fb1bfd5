import HoldfastCore

/// A running HAProxy: one process in the foreground, in a process group of its own.
///
/// Nobody connects through it to see whether it works: that would move its cursor. It is asked over its statistics
/// socket.
public final class HAProxy: Sendable {
    /// The process, to be watched (`pollExit`) like any other.
    public let process: ChildProcess
    /// Where its messages go.
    public let logPath: String

    private let gateways: Int
    private let statisticsSocket: String

    private init(process: ChildProcess, logPath: String, gateways: Int, statisticsSocket: String) {
        self.process = process
        self.logPath = logPath
        self.gateways = gateways
        self.statisticsSocket = statisticsSocket
    }

    /// Writes `haproxy.cfg` to `logDirectory`, has it checked, and starts HAProxy with it.
    ///
    /// - Parameters:
    ///   - socketDirectory: Where the statistics socket goes; its path must stay below 107 bytes.
    ///   - executable: nil looks for `haproxy` in `PATH`, then in /usr/sbin.
    public static func start(
        _ configuration: HAProxyConfiguration,
        spawner: Spawner,
        socketDirectory: String,
        logDirectory: String,
        executable: String? = nil
    ) async throws(HAProxyError) -> HAProxy {
        guard let executable = executable ?? Executable.find("haproxy") else { throw .missing }
        let socket = "\(socketDirectory)/haproxy.sock"
        let file = "\(logDirectory)/haproxy.cfg"
        let log = "\(logDirectory)/haproxy.log"
        let text = configuration.text(statisticsSocket: socket)
        if let error = TextFile.write(text, to: file) { throw .cannotWrite(file, errorNumber: error) }

        let check = try spawn(spawner, executable, ["-c", "-f", file], log: log)
        guard let status = await check.waitForExit(within: .seconds(10)) else {
            check.kill()
            throw .refused(message: "its check of \(file) does not end")
        }
        guard status == .code(0) else { throw .refused(message: TextFile.lastLines(4, of: log)) }
        let process = try spawn(spawner, executable, ["-db", "-f", file], log: log)
        return HAProxy(
            process: process,
            logPath: log,
            gateways: configuration.gatewayAddresses.count,
            statisticsSocket: socket
        )
    }

    /// Waits until every gateway has passed a health check.
    public func waitUntilReady(within limit: Span) async throws(HAProxyError) {
        let deadline = MonotonicClock.now() + limit
        while true {
            if let status = process.pollExit() {
                throw .ended(status, message: TextFile.lastLines(4, of: logPath))
            }
            let answer = Result { () throws(HAProxyError) in try servers() }
            if let servers = try? answer.get(), servers.count == gateways, servers.allSatisfy(\.isReady) { return }
            if MonotonicClock.now() >= deadline || Task.isCancelled { throw notReady(try answer.get()) }
            await MonotonicClock.rest(.milliseconds(10))
        }
    }

    /// What HAProxy says about every gateway, by id. Blocks the calling thread for a moment, at most a few seconds.
    public func servers() throws(HAProxyError) -> [HAProxyServer] {
        let answer: String
        do {
            answer = try UnixSocketQuery.ask("show stat\n", at: statisticsSocket, timeout: .seconds(2))
        } catch {
            throw .noAnswer(error.description)
        }
        guard let servers = HAProxyStatistics.servers(in: answer) else {
            throw .noAnswer("unexpected answer: \(answer.prefix(80))")
        }
        return servers
    }

    /// Ends it at once, connections included.
    @discardableResult
    public func stop() async -> ExitStatus? { await process.stop(grace: .seconds(1)) }

    private static func spawn(
        _ spawner: Spawner,
        _ executable: String,
        _ arguments: [String],
        log: String
    ) throws(HAProxyError) -> ChildProcess {
        do {
            return try spawner.spawn(
                executable: executable,
                arguments: arguments,
                standardOutput: .file(log),
                standardError: .file(log)
            )
        } catch {
            throw .spawn(error)
        }
    }

    private func notReady(_ servers: [HAProxyServer]) -> HAProxyError {
        let waiting = servers.filter { !$0.isReady }
        let message = waiting.map { "\($0.gateway) is \($0.status) (\($0.check))" }.joined(separator: ", ")
        return .notReady(waiting.map(\.gateway), message: message)
    }
}
