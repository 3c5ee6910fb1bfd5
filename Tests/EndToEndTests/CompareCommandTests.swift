import Foundation
import HoldfastReport
import HoldfastResult
import Testing

extension EndToEnd {
    /// `holdfast compare`: the same churn in every variant, and answers that chance does not explain.
    @Suite struct CompareCommandTests {
        /// So few sessions that the ledger keeps a row of every end.
        private static let churn = [
            "sessions=24", "target={ gateways: 4 }", "duration=8s", "expect=[]",
            "churn={ lifetime: { mean: 8s } }", "reconnect={ policy: fixed, delay: 300ms }",
            "timeline=[{ at: 2s, drop: { fraction: 25% } }]",
        ]

        private func compare(_ words: [String], limit: Double = 120) async throws -> (Program.Ended, Comparison) {
            let ended = try await Program.run(["compare", "Plans/slb-vs-client.yaml"] + words, limit: limit)
            let json = try Data(contentsOf: URL(fileURLWithPath: "\(ended.directory)/compare.json"))
            return (ended, try JSONDecoder().decode(Comparison.self, from: json))
        }

        /// The incident that this is for: round robin never fills the gateway that came back, least connections does.
        @Test func whatIsBetterIsSaid() async throws {
            let (ended, comparison) = try await compare(["--simulate", "--trials", "4"])
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(comparison.seeds == [42, 43, 44, 45])
            #expect(comparison.variants.count == 6)
            let ratio = try #require(comparison.metrics.first { $0.name == "imbalance.atEnd.maxOverMean" })
            #expect(ratio.differences[1].map { $0.high < 0 } == true, "\(ratio)")
            #expect(ratio.best.contains(1) && !ratio.best.contains(0), "\(ratio)")
            #expect(ended.output.contains("is better: max/mean at end"), "\(ended.output)")
            for file in ["compare.json", "compare.csv", "report.html", "client-random/3/result.json"] {
                #expect(FileManager.default.fileExists(atPath: "\(ended.directory)/\(file)"), "\(file)")
            }
        }

        /// Lifetimes and drops hit the same sessions at the same moments, whoever places them.
        @Test func everyVariantHasTheSameChurn() async throws {
            let only = ["slb-round-robin", "slb-least-connections", "client-random", "client-power-of-two"]
            let words = ["--simulate", "--trials", "4"] + only.flatMap { ["--only", $0] }
            let (ended, comparison) = try await compare(words + Program.settings(Self.churn))
            #expect(ended.status == 0, "\(ended.errors)")
            for trial in 0..<4 {
                let first = try ends(ended, comparison.variants[0].name, trial)
                let churn = comparison.variants[0].runs[trial].churn
                #expect(first.count > 24)
                #expect(UInt64(first.count) == (churn.injected ?? 0) + (churn.scheduled ?? 0))
                for variant in comparison.variants.dropFirst() {
                    #expect(try ends(ended, variant.name, trial) == first, "\(variant.name), trial \(trial)")
                }
            }
            #expect(try ends(ended, only[0], 0) != ends(ended, only[0], 1))
        }

        /// Who was ended, when and why, by the ledger's rows.
        private func ends(_ ended: Program.Ended, _ variant: String, _ trial: Int) throws -> Set<String> {
            let text = try ended.text(of: "\(variant)/\(trial)/events.jsonl")
            let rows = try text.split(separator: "\n").compactMap { line -> String? in
                let row = try JSONDecoder().decode(Row.self, from: Data(line.utf8))
                guard row.type == "disconnect", let session = row.session, let cause = row.cause else { return nil }
                return "\(session) \(row.at) \(cause)"
            }
            #expect(Set(rows).count == rows.count)
            return Set(rows)
        }

        private struct Row: Decodable {
            var type: String
            var at: Double
            var session: Int?
            var cause: String?
        }

        /// Two names for the same thing: what is said to differ would be chance, or a mistake.
        @Test func equalVariantsDoNotDiffer() async throws {
            let pair = "variants=[{ name: a }, { name: b }]"
            let (ended, comparison) = try await compare(["--simulate", "--trials", "3", "--set", pair])
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(comparison.metrics.allSatisfy { $0.margin == nil })
            let differences = comparison.metrics.compactMap { $0.differences[1] }
            #expect(differences.count > 5)
            #expect(differences.allSatisfy { $0.low == 0 && $0.high == 0 })
        }

        /// Live, in turn: another one is first in each trial.
        @Test func liveRunsAreInterleaved() async throws {
            let only = ["--only", "slb-round-robin", "--only", "client-random", "--trials", "2"]
            let short = ["sessions=200", "duration=2s", "timeline=[]", "churn={ lifetime: { mean: 1s } }", "expect=[]"]
            let (ended, comparison) = try await compare(only + Program.settings(short))
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(comparison.mode == .live)
            #expect(comparison.variants.map(\.runs.count) == [2, 2])
            let order = ended.errors.split(separator: "\n").filter { $0.hasPrefix("trial ") }
            let expected = [
                "trial 1 of 2, slb-round-robin", "trial 1 of 2, client-random", "trial 2 of 2, client-random",
                "trial 2 of 2, slb-round-robin",
            ]
            #expect(order.count == 4 && zip(order, expected).allSatisfy { $0.hasPrefix($1) }, "\(ended.errors)")
        }

        @Test(arguments: [
            (["Plans/quickstart.yaml"], Int32(104), "Plans/quickstart.yaml: no variants; expected at least two"),
            (["Plans/slb-vs-client.yaml", "--only", "client-random"], 64, "one variant; expected at least two of"),
            (["Plans/slb-vs-client.yaml", "--only", "haproxy"], 64, "--only haproxy: no such variant; expected slb-"),
            (["Plans/slb-vs-client.yaml", "--trials", "0"], 64, "--trials is 0; expected 1 to 1000"),
            (
                [
                    "Plans/client-vs-slb.yaml", "--set", "protocol={ tls: 1.3 }", "--set",
                    "variants=[{ name: one }, { name: two, target.algorithm: random }]",
                ], 104,
                "`tls` can only be simulated"
            ),
        ])
        func whatCannotBeCompared(words: [String], status: Int32, line: String) async throws {
            let ended = try await Program.run(["compare"] + words, limit: 30)
            #expect(ended.status == status, "\(ended.errors)")
            #expect(ended.errors.contains(line), "\(ended.errors)")
        }
    }
}
