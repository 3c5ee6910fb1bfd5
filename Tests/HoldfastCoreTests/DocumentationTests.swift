import Foundation
import HoldfastCore
import Testing

/// What the articles state as a fact is what the code does.
@Suite struct DocumentationTests {
    @Test func everyExampleOfTheProtocolIsAFrame() throws {
        let page = try article("FramedProtocol")
        let examples = page.matches(of: /\| `([0-9a-f ]+)` \|/).map { String($0.1) }
        #expect(examples.count == 8)
        for example in examples {
            let golden = WireGoldenTests.goldens.first { $0.1 == example }
            let frame = try #require(golden?.0, "no test knows \(example)")
            let bytes = wireBytes(example)
            #expect(wireDecoded(bytes) == .frame(frame, consumed: bytes.count))
        }
    }

    @Test func theVectorsOfRandomnessAreThose() throws {
        let page = try article("Randomness")
        var digest = Digest()
        digest.insert(session: 5, ordinal: 7)
        let places = (0..<UInt32(3)).map { Seed(42).permute(.select, salt: 0, count: 72, $0) }
        let rows = [
            "| `mix64(G)` | `\(hex16(mix64(0x9E37_79B9_7F4A_7C15)))` |",
            "| seed 42, purpose 1, actor 0, counter 0 | `\(hex16(Seed(42).draw(.lifetime, actor: 0, 0)))` |",
            "| seed 42, purpose 1, actor 0, counter 1 | `\(hex16(Seed(42).draw(.lifetime, actor: 0, 1)))` |",
            "places 0, 1, 2 | \(places.map(String.init).joined(separator: ", ")) |",
            "| `hash64(\"\")` | `\(hex16(hash64("".utf8)))` |",
            "| `hash64(\"foobar\")` | `\(hex16(hash64("foobar".utf8)))` |",
            "| digest of session 5, ordinal 7 | `\(hex16(digest.sum))` |",
        ]
        for row in rows { #expect(page.contains(row), "\(row)") }
    }

    @Test func theExamplesOfImbalanceAreThose() throws {
        let page = try article("MeasuringImbalance").replacing("\n", with: " ")
        let metrics = Imbalance([400, 100])
        let entropy = try #require(metrics.entropy)
        let jain = try #require(metrics.jain)
        let text = "jain 25/34 = \(rounded(jain)), gini 0.3, hoover 0.3, dispersion 180, entropy \(rounded(entropy))"
        #expect(page.contains(text))
        #expect(page.contains("36, 36 and 0: maxOverMean \(try #require(Imbalance([36, 36, 0]).maxOverMean))"))
        #expect(page.contains("45, 27 and 0: maxOverMean \(try #require(Imbalance([45, 27, 0]).maxOverMean))"))
    }

    private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    private func article(_ name: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = root.appending(path: "Sources/HoldfastCore/HoldfastCore.docc/\(name).md")
        return try String(contentsOf: page, encoding: .utf8)
    }
}
