import Foundation
import HoldfastResult
import Testing

extension EndToEnd {
    /// A harness that gets too little of the machine says so instead of judging gateways.
    @Suite struct OverloadTests {
        @Test func anOverloadedHarnessIsInvalid() async throws {
            let pinned = ["/usr/bin/taskset", "--cpu-list", "0"]
            let loops = try (0..<3).map { _ in try busyLoop(through: pinned) }
            defer { for loop in loops { kill(loop.processIdentifier, SIGKILL) } }
            let ended = try await Program.start(
                ["run", "Plans/quickstart.yaml"]
                    + Program.settings([
                        "timeline=[]", "target={ gateways: 4, via: client, algorithm: random }",
                        // 40,000 a second, more than a quarter of a CPU can send, however well the program was built.
                        "heartbeat={ interval: 50ms, silence: 15s }",
                        "expect=[heartbeats.rttSeconds p99 < 100ms, sessions.establishedAtEnd == 2000]",
                    ]),
                through: pinned + ["/usr/bin/nice", "-n", "10"]
            ).end(within: 110)
            #expect(ended.status == 111, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.verdict == .invalid)
            // Either is enough, and the first to be found is named.
            let late = ["the workers' lateness p99 was", "the workers' loop stall p99 was"]
            #expect(result.reasons.contains { reason in late.contains(where: reason.contains) }, "\(result.reasons)")
            let (lateness, stall) = (result.harness.latenessSeconds.p99, result.harness.loopStallSeconds.p99)
            #expect(max(lateness ?? 0, stall ?? 0) > 0.02)
            for process in result.harness.processes where process.role != "coordinator" {
                #expect(try #require(process.cpuWaitP99Seconds) > 0.001, "\(process)")
            }
        }

        /// Beside three of them a nicer process has 3 % of its CPU, and nobody's priority has to be raised for it. It
        /// ends by itself, whatever becomes of this test.
        private func busyLoop(through pinned: [String]) throws -> Process {
            let loop = Process()
            loop.executableURL = URL(fileURLWithPath: pinned[0])
            loop.arguments = pinned.dropFirst() + ["bash", "-c", "while ((SECONDS < 60)); do :; done"]
            try loop.run()
            return loop
        }
    }
}
