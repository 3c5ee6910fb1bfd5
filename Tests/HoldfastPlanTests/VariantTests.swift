import HoldfastCore
import HoldfastPlan
import Testing

/// `variants`: what they change, and what they refuse.
@Suite struct VariantTests {
    private static let head = "name: t\nsessions: 100\ntarget: { gateways: 4 }\n"

    private func reading(_ more: String, _ overrides: String...) throws -> PlanReader.Reading {
        let sets = overrides.map { SetOverride($0) }
        return try PlanReader.read(text: Self.head + more, file: "plan.yaml", overrides: sets)
    }

    @Test func eachIsThePlanWithSomeValuesReplaced() throws {
        let reading = try reading(
            """
            heartbeat: { interval: 10s }
            variants:
              - { name: slb }
              - { name: least, target.algorithm: least-connections, heartbeat.interval: 5s }
              - name: client
                target.via: client
                target.algorithm: random
                reconnect: { policy: fixed, delay: 2s }

            """
        )
        let variants = reading.variants
        #expect(variants.map(\.name) == ["slb", "least", "client"])
        #expect(variants[0].plan == reading.plan)
        #expect(variants[1].plan.target.algorithm == .leastConnections)
        #expect(variants[1].plan.heartbeat.interval == .seconds(5))
        #expect(variants[2].plan.target.via == .client)
        #expect(variants[2].plan.reconnect.delay == .fixed(.seconds(2)))
        #expect(variants[2].plan.heartbeat == reading.plan.heartbeat)
        #expect(variants.allSatisfy { $0.plan.seed == reading.plan.seed && $0.simulatedOnly.isEmpty })
    }

    /// A plan is the same plan whatever it is compared with.
    @Test func thePlanItselfKnowsNothingOfThem() throws {
        let plain = try reading("").plan
        let varied = try reading("variants: [ { name: least, target.algorithm: least-connections } ]\n").plan
        #expect(plain == varied)
        #expect(plain.hash == varied.hash)
        #expect(try reading("variants: []\n").variants.isEmpty)
    }

    /// What is set on the command line is set for all of them, unless one says otherwise.
    @Test func flagsComeFirst() throws {
        let text = "variants: [ { name: a }, { name: b, sessions: 7 } ]\n"
        #expect(try reading(text, "sessions=50").variants.map(\.plan.sessions) == [50, 7])
        #expect(try reading(text, "variants.0.name=c").variants.map(\.name) == ["c", "b"])
        #expect(try PlanReader.read(text: Self.head + text, file: "p", seed: 9).variants.map(\.plan.seed) == [9, 9])
    }

    @Test func whatOneNeedsASimulationForIsItsOwn() throws {
        let text = "variants: [ { name: a }, { name: b, protocol: { tls: 1.3 } } ]\n"
        let reading = try reading(text)
        #expect(reading.simulatedOnly.isEmpty)
        #expect(reading.variants[0].simulatedOnly.isEmpty)
        #expect(reading.variants[1].simulatedOnly.count == 1)
    }

    @Test(arguments: [
        ("variants: 3", "plan.yaml:4:11: error: `3`; expected a list of variants, { name: ..., path: value } each"),
        ("variants: [ x ]", "plan.yaml:4:13: error: `x`; expected a mapping with name and dotted paths"),
        ("variants: [ {} ]", "plan.yaml:4:13: error: a variant without a name; expected name: and dotted paths"),
        (
            "variants: [ { name: .. } ]",
            "plan.yaml:4:21: error: `..`; expected a name of at most 64 letters, digits, - or _"
        ),
        (
            "variants: [ { name: a }, { name: a } ]",
            "plan.yaml:4:34: error: a second variant `a`; expected another name"
        ),
        (
            "variants: [ { name: a, seed: 3 } ]",
            "plan.yaml:4:24: error: `seed` in a variant; expected what variants may differ in"
        ),
        (
            "variants: [ { name: a, variants: [] } ]",
            "plan.yaml:4:24: error: `variants` in a variant; expected what variants may differ in"
        ),
        (
            "variants: [ { name: a, sessions.count: 3 } ]",
            "plan.yaml:4:33: error: `count` below a single value; expected a path through mappings and lists"
        ),
        (
            "variants: [ { name: a, target..via: client } ]",
            "plan.yaml:4:31: error: an empty name in `target..via`; expected a dotted path"
        ),
        (
            "variants: [ { name: a, sessions: many } ]",
            "plan.yaml:4:34: error: `many` (variant a); expected a whole number from 1 to 2147483648"
        ),
    ])
    func whatIsWrongIsSaidWhereItStands(text: String, line: String) {
        let error = #expect(throws: PlanError.self) { try reading(text + "\n") }
        #expect(error?.diagnostics.first?.description == line)
    }

    /// What is wrong with the plan is said once, not once for each variant.
    @Test func thePlanComesFirst() {
        let text = "duration: never\nvariants: [ { name: a }, { name: b } ]\n"
        let error = #expect(throws: PlanError.self) { try reading(text) }
        #expect(error?.diagnostics.count == 1)
    }
}
