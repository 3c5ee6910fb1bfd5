import HoldfastCore
import Synchronization

/// The workers of an HAProxy that can be reloaded, asked through their master.
///
/// Only the last of them takes connections, and only it has health checks; all of them have some.
final class HAProxyWorkers: Sendable {
    private let socket: String
    /// What each worker that ever was asked said last.
    private let known = Mutex<[Int32: [HAProxyServer]]>([:])

    init(socket: String) { self.socket = socket }

    /// The present worker.
    func present() throws(UnixSocketQueryError) -> Int32? {
        try HAProxyStatistics.workers(in: ask("show proc\n")).first
    }

    /// Who is in service, as the present worker knows and the next one reads it.
    func state() throws(UnixSocketQueryError) -> String? {
        guard let present = try present() else { return nil }
        let state = try ask("@!\(present) show servers state\n")
        return state.hasPrefix("1\n") ? state : nil
    }

    /// What all workers together say about every gateway, with what the present one thinks of it.
    func servers() throws(UnixSocketQueryError) -> [HAProxyServer] {
        let workers = HAProxyStatistics.workers(in: try ask("show proc\n"))
        var answers: [Int32: [HAProxyServer]] = [:]
        for worker in workers {
            // One that has just ended does not answer, and has no connections any more.
            answers[worker] = HAProxyStatistics.servers(in: try ask("@!\(worker) show stat\n"))
        }
        return known.withLock { known in
            for (worker, servers) in answers { known[worker] = servers }
            let present = workers.first.flatMap { known[$0] } ?? []
            return present.map { server in
                var sum = server
                for (worker, servers) in known where worker != workers.first {
                    guard let other = servers.first(where: { $0.gateway == server.gateway }) else { continue }
                    sum.connectionsTotal += other.connectionsTotal
                    if answers[worker] != nil { sum.connections += other.connections }
                }
                return sum
            }
        }
    }

    /// While it begins anew a master does not answer.
    private func ask(_ question: String) throws(UnixSocketQueryError) -> String {
        let deadline = MonotonicClock.now() + .seconds(1)
        while true {
            do throws(UnixSocketQueryError) {
                return try UnixSocketQuery.ask(question, at: socket, timeout: .seconds(2), isLast: true)
            } catch {
                guard error.isRefusal, MonotonicClock.now() < deadline else { throw error }
                MonotonicClock.pause(.milliseconds(5))
            }
        }
    }
}
