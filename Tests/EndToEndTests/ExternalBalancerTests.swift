import Foundation
import HoldfastResult
import Testing

extension EndToEnd {
    /// A balancer that somebody else has started, here an HAProxy of the test's.
    @Suite struct ExternalBalancerTests {
        /// An HAProxy in front of three gateways, which tells its counts as well.
        private final class OwnBalancer {
            let clients: UInt16
            let counts: UInt16
            let gateways: UInt16
            private let process = Process()
            private let directory: String

            init() throws {
                (clients, counts, gateways) = (try LocalPorts.free(), try LocalPorts.free(), try LocalPorts.free())
                directory = NSTemporaryDirectory() + "holdfast-own-\(UUID().uuidString)"
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
                let servers = (0..<3).map { id in
                    "    server g\(id) 127.1.0.\(id + 1):\(gateways) check inter 100ms fall 1 rise 1"
                }
                let fetches = (0..<3).map { "%[srv_conn(b/g\($0))]" }.joined(separator: ", ")
                let text = """
                    defaults
                        timeout connect 5s
                        timeout client 1h
                        timeout server 1h
                        option redispatch 1
                    frontend counts
                        mode http
                        bind 127.0.0.1:\(counts)
                        http-request return status 200 content-type application/json lf-string "[\(fetches)]"
                    listen b
                        mode tcp
                        bind 127.0.0.1:\(clients)
                        balance roundrobin
                    \(servers.joined(separator: "\n"))

                    """
                try text.write(toFile: directory + "/haproxy.cfg", atomically: true, encoding: .utf8)
                process.executableURL = URL(fileURLWithPath: "/usr/sbin/haproxy")
                process.arguments = ["-db", "-q", "-f", directory + "/haproxy.cfg"]
                do { try process.run() } catch { throw Missing() }
            }

            deinit {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                try? FileManager.default.removeItem(atPath: directory)
            }

            /// What prints its counts: bash, which every Debian has, asks for them.
            func command() throws -> String {
                let path = directory + "/counts"
                let ask = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; tail -n 1 <&3"
                let script = "exec 3<>/dev/tcp/127.0.0.1/\(counts); \(ask)\n"
                try script.write(toFile: path, atomically: true, encoding: .utf8)
                return path
            }
        }

        private struct Missing: Error, CustomStringConvertible {
            var description: String { "there is no /usr/sbin/haproxy: apt-get install haproxy" }
        }

        private static func target(_ balancer: OwnBalancer, _ counts: String, at endpoint: UInt16? = nil) -> String {
            let endpoints = "endpoints: ['127.0.0.1:\(endpoint ?? balancer.clients)']"
            let settings = "balancer: { \(endpoints), counts: { \(counts) } }, gateway: { port: \(balancer.gateways) }"
            return "target={ gateways: 3, via: external, algorithm: round-robin, \(settings) }"
        }

        /// 45/27/0 as behind every balancer that takes turns, and everybody counts the same connections at the end.
        @Test(arguments: [true, false])
        func aRollingRestart(byURL: Bool) async throws {
            let balancer = try OwnBalancer()
            let counts =
                byURL
                ? "url: 'http://127.0.0.1:\(balancer.counts)/'" : "command: [bash, '\(try balancer.command())']"
            let ended = try await Program.plan("external-slb", replacing: [Self.target(balancer, counts)])
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.gateways.compactMap(\.connectionsAtEnd).sorted() == [0, 27, 45])
            #expect(result.census.balancer == 72)
            #expect(result.census.reconciled == true)
            #expect(result.plan.via == "external")
        }

        /// What is wrong is said in one line, before any session begins.
        @Test func whatIsMissing() async throws {
            let balancer = try OwnBalancer()
            let nobody = try LocalPorts.free()
            for (target, line) in [
                (
                    Self.target(balancer, "command: [printf, '[1, 2, 3]']", at: nobody),
                    "no balancer takes connections at 127.0.0.1:\(nobody): Connection refused"
                ),
                (
                    Self.target(balancer, "command: [printf, '[1, 2]']"),
                    "the balancer's counts are not to be had: found `[1, 2]`, expected 3 numbers"
                ),
            ] {
                let ended = try await Program.plan("external-slb", replacing: [target])
                #expect(ended.status == 106)
                #expect(ended.errors.contains(line), "\(ended.errors)")
            }
        }

        /// Counts that are not to be had any more are a run that says so.
        @Test func countsThatEnd() async throws {
            let balancer = try OwnBalancer()
            let path = NSTemporaryDirectory() + "holdfast-counts-\(UUID().uuidString)"
            try "echo '[24, 24, 24]'\n".write(toFile: path, atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(atPath: path) }
            let target = Self.target(balancer, "command: [bash, '\(path)']")
            let values = [target, "timeline=[]", "duration=6s", "expect=[]"]
            let run = try Program.start(plan: "external-slb", replacing: values)
            try await run.reach(second: 2)
            try "exit 3\n".write(toFile: path, atomically: true, encoding: .utf8)
            let ended = try await run.end(within: 60)
            #expect(ended.status == 111, "\(ended.errors)")
            let reasons = try ended.result().reasons
            let line = "the balancer's counts were not to be had at second"
            #expect(reasons.contains { $0.contains(line) }, "\(reasons)")
        }
    }
}
