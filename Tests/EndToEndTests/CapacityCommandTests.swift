import Foundation
import HoldfastReport
import Testing

extension EndToEnd {
    /// `holdfast capacity`: limits that were planted in the gateways are found from outside, and told apart.
    @Suite struct CapacityCommandTests {
        private func answer(_ ended: Program.Ended) throws -> CapacityAnswer {
            try JSONDecoder().decode(CapacityAnswer.self, from: Data(ended.output.utf8))
        }

        private func search(_ words: String...) -> [String] {
            ["capacity", "Plans/planted-limits.yaml", "--json", "--from", "4000"] + words
        }

        /// 2 gateways of 3,000, which 8 % of tolerance finds in five runs.
        @Test(arguments: [["--simulate"], []])
        func aPlantedCapacity(mode: [String]) async throws {
            let ended = try await Program.run(search("--tolerance", "0.08", "--wanted", "90000") + mode, limit: 240)
            #expect(ended.status == 0, "\(ended.errors)")
            let answer = try answer(ended)
            #expect(answer.limit == .capacity)
            #expect((2_850...3_150).contains(try #require(answer.sessionsPerGateway)))
            #expect(answer.sessions == 6_000 && answer.brokenAt == 6_500)
            #expect(answer.gatewaysForWanted == 31)
            #expect(ended.errors.contains("4,000 sessions held\n"))
            #expect(ended.errors.contains("6,500 sessions did not hold (capacity): sessions.admittedOnce == 6500"))
            let files = try FileManager.default.contentsOfDirectory(atPath: ended.directory)
            #expect(Set(["4000", "8000", "6000", "7000", "6500", "capacity.json"]).isSubset(of: files))
            #expect(try ended.text(of: "capacity.json") == ended.output)
        }

        /// 2 gateways that accept 500 a second each.
        @Test(arguments: [["--simulate"], []])
        func aPlantedAcceptRate(mode: [String]) async throws {
            let rate = ["--set", "target.gateway={ acceptRate: 500/s }"]
            let ended = try await Program.run(search("--tolerance", "0.2") + rate + mode, limit: 240)
            #expect(ended.status == 0, "\(ended.errors)")
            let answer = try answer(ended)
            #expect(answer.limit == .acceptRate)
            #expect((475...525).contains(try #require(answer.acceptsPerSecondPerGateway)))
        }

        /// A fleet that departures have left uneven, and that nothing balances again, has to be that much larger.
        @Test func anUnevenFleetNeedsMoreGateways() async throws {
            let departures = ["--set", "timeline=[{ at: 1s, drop: { gateway: 0, fraction: 80%, return: never } }]"]
            // Whoever finds no room does not get the room of those who leave.
            let turns = ["target={ gateways: 2, gateway: { capacity: 3000 } }", "reconnect.delay=9s", "expect=[]"]
            let words = search("--simulate", "--wanted", "90000") + turns.flatMap { ["--set", $0] }
            let even = try answer(try await Program.run(words, limit: 60))
            let uneven = try answer(try await Program.run(words + departures, limit: 60))
            let ratio = try #require(uneven.maxOverMean)
            // 600 of 3,000 stayed on one, and 3,000 on the other.
            #expect(abs(ratio - 3_000 / 1_800.0) < 0.01)
            #expect(even.gatewaysForWanted == 31)
            #expect(uneven.gatewaysForWanted == 51)
        }

        /// The first run's failure to start is the command's, as it is that of `run`; the time that a plan gives for
        /// establishing is no obstacle.
        @Test(arguments: [
            (["--from", "0"], Int32(64), "--from is 0; expected 1 to 10000000"),
            (["--from", "9", "--to", "8"], 64, "--from is 9; expected at most --to, which is 8"),
            (["--tolerance", "0"], 64, "--tolerance is 0.0; expected 0.001 to 0.5"),
            (["--set", "sesions=3"], 104, "did you mean sessions?"),
            (["--set", "workers=1", "--from", "1048576", "--to", "1048576"], 106, "use more workers"),
        ])
        func whatCannotBeSearched(words: [String], status: Int32, line: String) async throws {
            let ended = try await Program.run(["capacity", "Plans/planted-limits.yaml"] + words, limit: 60)
            #expect(ended.status == status, "\(ended.errors)")
            #expect(ended.errors.contains(line), "\(ended.errors)")
        }

        /// What was found until a signal came is said, and the command ends as a run does.
        @Test func aSignalEndsTheSearch() async throws {
            let search = try Program.start(["capacity", "Plans/planted-limits.yaml", "--set", "duration=30s"])
            try await search.reach(second: 0)
            kill(search.process.processIdentifier, SIGINT)
            let ended = try await search.end(within: 60)
            #expect(ended.status == 105, "\(ended.errors)")
            #expect(ended.errors.contains("the search was ended by SIGINT"))
            #expect(FileManager.default.fileExists(atPath: "\(ended.directory)/capacity.json"))
        }
    }
}
