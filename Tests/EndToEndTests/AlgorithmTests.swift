import HoldfastResult
import Testing

extension EndToEnd {
    /// Every algorithm behind every balancer that has it: a rolling restart of three gateways, each of which returns
    /// empty, then a fourth gateway, then everybody anew.
    @Suite struct AlgorithmTests {
        /// What 600 sessions must come to.
        struct Row: Sendable, CustomTestStringConvertible {
            var via: String
            var algorithm: String
            /// On each of three gateways after the rolling restart.
            var restarted: [ClosedRange<Int>]
            /// On each of four once everybody has come anew; three where there is no fourth.
            var anew: [ClosedRange<Int>]
            /// Whether nobody moves between gateways that were there before.
            var movesToNewcomersOnly = false

            var testDescription: String { "\(via): \(algorithm)" }
        }

        /// The closed forms, q = 3/2 and a mean of 200: turns and draws μ(qⁿ - qⁱ), counts n-1 gateways with μn/(n-1),
        /// a hash that goes home when home is up 2μ(n-i)/(n-1). Draws and hashes: five standard deviations of their
        /// binomials.
        private static let turns = [375, 225, 0]
        private static let counts = [300, 300, 0]
        private static let homes = [400, 200, 0]

        private static func near(_ expected: [Int], _ tolerance: Int) -> [ClosedRange<Int>] {
            expected.map { $0 == 0 ? 0...0 : $0 - tolerance...$0 + tolerance }
        }

        private static let even = [150, 150, 150, 150]
        private static let drawn = near(even, 55)

        /// Weights 2, 1, 1 in turns: 300 to two alike, 300 as 2 to 1, 400 as 2 to 1.
        private static func weighted(_ via: String) -> Row {
            Row(
                via: via,
                algorithm: "smooth-weighted-round-robin, gateway: { weight: [2, 1, 1] }",
                restarted: near([467, 133, 0], 2),
                anew: near([300, 150, 150], 2)
            )
        }

        static let rows: [Row] = [
            Row(via: "embedded", algorithm: "random", restarted: near(turns, 60), anew: drawn),
            Row(via: "embedded", algorithm: "power-of-two", restarted: near(counts, 1), anew: near(even, 5)),
            // Modulo the number in service, as far as the balancer knows who is.
            Row(via: "embedded", algorithm: "source-hash", restarted: [290...405, 195...310, 0...0], anew: drawn),
            Row(
                via: "embedded",
                algorithm: "consistent-hash",
                restarted: near(homes, 60),
                anew: near(even, 60),
                movesToNewcomersOnly: true
            ),
            Row(via: "embedded", algorithm: "maglev", restarted: near(homes, 60), anew: drawn),
            Row(
                via: "embedded",
                algorithm: "rendezvous",
                restarted: near(homes, 60),
                anew: drawn,
                movesToNewcomersOnly: true
            ),
            // A bound of 1.25 times the share of 600 sessions among two, and among four.
            Row(
                via: "embedded",
                algorithm: "bounded-load",
                restarted: [300...376, 224...300, 0...0],
                anew: [ClosedRange](repeating: 80...188, count: 4)
            ),
            Row(
                via: "embedded",
                algorithm: "first, gateway: { capacity: 300 }",
                restarted: near(counts, 0),
                anew: near([300, 300, 0, 0], 0)
            ),
            weighted("embedded"),
            Row(via: "haproxy", algorithm: "random", restarted: near(turns, 60), anew: drawn),
            // Both draws are of the same one half of the time: 3/4 of what comes goes to the emptier of two.
            Row(
                via: "haproxy",
                algorithm: "power-of-two, replacement: true",
                restarted: near([319, 281, 0], 45),
                anew: near(even, 5)
            ),
            Row(via: "haproxy", algorithm: "source-hash", restarted: [240...435, 165...360, 0...0], anew: drawn),
            Row(
                via: "haproxy",
                algorithm: "consistent-hash",
                restarted: near(homes, 60),
                anew: near(even, 60),
                movesToNewcomersOnly: true
            ),
            Row(
                via: "haproxy",
                algorithm: "bounded-load",
                restarted: [300...376, 224...300, 0...0],
                anew: [ClosedRange](repeating: 80...188, count: 4)
            ),
            Row(
                via: "haproxy",
                algorithm: "first, gateway: { capacity: 300 }",
                restarted: near(counts, 0),
                anew: near([300, 300, 0, 0], 0)
            ),
            weighted("nginx"),
            Row(via: "nginx", algorithm: "random", restarted: near(turns, 60), anew: drawn),
            Row(via: "nginx", algorithm: "power-of-two", restarted: near(counts, 3), anew: near(even, 5)),
            Row(via: "nginx", algorithm: "source-hash", restarted: near(homes, 60), anew: drawn),
            Row(
                via: "nginx",
                algorithm: "consistent-hash",
                restarted: near(homes, 60),
                anew: near(even, 60),
                movesToNewcomersOnly: true
            ),
        ]

        @Test(arguments: EndToEnd.pairs(rows))
        func restartsAndANewcomer(cases: [Row]) async throws {
            try await EndToEnd.together(cases) { row in
                let ended = try await Program.plan("rolling-restart", replacing: Self.values(row))
                #expect(ended.status == 0, "\(ended.errors)")
                let result = try ended.result()
                let values = result.expectations.filter { !$0.isDefault }.compactMap(\.value).map { Int($0) }
                let count = row.anew.count
                try #require(values.count == 3 * count)
                let (first, restarted, anew) = (values[..<count], values[count..<2 * count], values[(2 * count)...])
                #expect(first.reduce(0, +) == 600 && restarted.reduce(0, +) == 600 && anew.reduce(0, +) == 600)
                #expect(zip(restarted, row.restarted).allSatisfy { $1.contains($0) }, "\(restarted)")
                #expect(zip(anew, row.anew).allSatisfy { $1.contains($0) }, "\(anew)")
                if row.movesToNewcomersOnly {
                    #expect(zip(first, anew).allSatisfy { $0 == 0 || $1 <= $0 }, "\(first) \(anew)")
                }
                #expect(result.disconnects.unexplained == 0)
            }
        }

        /// nginx counts failures in whole seconds, and believes that long in them.
        private static func values(_ row: Row) -> [String] {
            let isPatient = row.via == "nginx"
            let (every, failTimeout) = isPatient ? ("4s", "1s") : ("1600ms", "100ms")
            let restarted = isPatient ? 11 : 6
            let scale = row.anew.count == 4 ? "{ at: \(restarted)500ms, scale: { to: 4 } }, " : ""
            let reads = ["1s", "\(restarted)s", "end"].flatMap { moment in
                row.anew.indices.map { "'gateways.connections{gateway=\($0)} at \(moment) >= 0'" }
            }
            return [
                "sessions=600",
                "target={ gateways: 3, via: \(row.via), algorithm: \(row.algorithm), "
                    + "balancer: { failTimeout: \(failTimeout) } }",
                "duration=\(restarted + 3)s",
                "timeline=[{ at: 1500ms, rollingRestart: { gateways: all, how: kill, down: 400ms, every: \(every) } }, "
                    + "\(scale){ at: \(restarted + 1)300ms, drop: {} }]",
                "expect=[\(reads.joined(separator: ", "))]",
            ]
        }
    }
}
