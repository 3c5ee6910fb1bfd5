import HoldfastCore
import HoldfastPlan
import Testing

/// No text makes the reader crash, hang, or say more than one line for one problem.
@Suite struct HostileTextTests {
    private func check(_ text: String) {
        do {
            _ = try PlanReader.read(text: text, file: "plan.yaml")
        } catch {
            #expect(!error.diagnostics.isEmpty)
            for diagnostic in error.diagnostics {
                let line = diagnostic.description
                #expect(line.hasPrefix("plan.yaml:"))
                #expect(!line.contains { $0.isNewline })
            }
        }
    }

    @Test func everyBeginningOfAPlan() {
        let text = Array(PlanSamples.fullest)
        for length in stride(from: 0, through: text.count, by: 5) { check(String(text.prefix(length))) }
    }

    @Test func plansWithRandomDamage() {
        let letters = Array("{}[]:,-&*!|>'\"%@#? \n\t0a.\u{0}\u{85}\u{FEFF}é")
        let seed = Seed(7)
        for trial in 0..<400 {
            var text = Array(PlanSamples.fullest)
            let stream = seed.stream(.swarm, actor: UInt32(trial))
            for edit in 0..<UInt64(1 + trial % 4) {
                let position = Int(below(UInt64(text.count), stream.draw(2 * edit)))
                text[position] = letters[Int(below(UInt64(letters.count), stream.draw(2 * edit + 1)))]
            }
            check(String(text))
        }
    }

    @Test(arguments: [
        String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 5000),
        String(repeating: "- ", count: 50_000), String(repeating: "x", count: 1 << 20),
        "name: " + String(repeating: "é", count: 5000), "\u{FEFF}name: t",
        "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", "? [a, b]\n: c\n", "? {a: b}\n: c\n",
        "%YAML 1.1\n---\nname: t\n",
    ])
    func oddTexts(text: String) { check(text) }

    @Test func aByteTooManyIsRefused() {
        let error = #expect(throws: PlanError.self) {
            try Plan.parse(text: "#" + String(repeating: "x", count: 1 << 20), file: "plan.yaml")
        }
        #expect(error?.description == "plan.yaml:1:1: error: 1048577 bytes; expected at most 1048576 bytes")
        let full =
            PlanSamples.smallest + "#" + String(repeating: "x", count: (1 << 20) - PlanSamples.smallest.utf8.count - 1)
        #expect(throws: Never.self) { try Plan.parse(text: full, file: "plan.yaml") }
    }
}
