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
                [
                    "run", "Plans/quickstart.yaml",
                    "--set", "timeline=[]",
                    "--set", "heartbeat={ interval: 1s, silence: 15s }",
                    "--set", "expect=[heartbeats.rttSeconds p99 < 100ms, sessions.establishedAtEnd == 2000]",
                ],
                through: pinned
            ).end(within: 110)
            #expect(ended.status == 111, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.verdict == .invalid)
            #expect(result.reasons.contains { $0.contains("the workers' lateness p99 was") }, "\(result.reasons)")
            #expect(try #require(result.harness.latenessSeconds.p99) > 0.02)
        }

        /// It ends by itself, whatever becomes of this test.
        private func busyLoop(through pinned: [String]) throws -> Process {
            let loop = Process()
            loop.executableURL = URL(fileURLWithPath: pinned[0])
            let body = ["/usr/bin/nice", "-n", "-5", "bash", "-c", "while ((SECONDS < 60)); do :; done"]
            loop.arguments = pinned.dropFirst() + body
            try loop.run()
            return loop
        }
    }
}
