import HoldfastCore
import HoldfastPlan
import Testing

/// A middlebox in a plan: where it stands, and what one that is a program cannot be.
@Suite struct MiddleboxPlanTests {
    private static func reading(_ target: String, _ more: String = "") throws -> PlanReader.Reading {
        let text = "name: t\nsessions: 9\ntarget: { \(target) }\n\(more)\n"
        return try PlanReader.read(text: text, file: "plan.yaml")
    }

    @Test(arguments: [
        ("gateways: 2, middlebox: { aging: 60s }", "", ""),
        ("gateways: 2, via: client, algorithm: random, middlebox: { preset: us-4g }", "", ""),
        ("gateways: 2, via: haproxy, middlebox: { ports: 5 }", "", ""),
        ("gateways: 2, middlebox: { ports: 5 }", "heartbeat: { userTimeout: 9s }", ""),
        (
            "gateways: 2, middlebox: { aging: 60s }", "heartbeat: { userTimeout: 9s }",
            "`middlebox` can only be simulated with `userTimeout`, which never runs out"
        ),
        (
            "gateways: 2, middlebox: { aging: 60s }", "heartbeat: { strategy: tcp-keepalive }",
            "`middlebox` can only be simulated with `tcp-keepalive`, whose probes no program"
        ),
        (
            "gateways: 2, middlebox: { aging: 60s }, via: external, gateway: { port: 7000 }, "
                + "balancer: { endpoints: [\"127.0.0.1:9000\"] }", "",
            "`middlebox` can only be simulated with `via: external`"
        ),
    ])
    func whatAProgramCannotBe(target: String, more: String, found: String) throws {
        let lines = try Self.reading(target, more).simulatedOnly.map(\.description)
        if found.isEmpty { #expect(lines == []) } else { #expect(lines.contains { $0.contains(found) }, "\(lines)") }
    }

    /// Before gateways where sessions go there, before the balancer where there is one.
    @Test(arguments: [
        ("gateways: 2", []), ("gateways: 2, middlebox: {}", [MiddleboxEntrance.balancer]),
        ("gateways: 2, via: client, algorithm: random, middlebox: {}", [.gateway(0), .gateway(1)]),
        (
            "gateways: 1, via: client, algorithm: least-reported, middlebox: {}, registry: { fallback: slb }",
            [.gateway(0), .balancer]
        ),
    ])
    func entrances(target: String, expected: [MiddleboxEntrance]) throws {
        #expect(try Self.reading(target).plan.middleboxEntrances == expected)
    }

    /// Whoever has no network of its own shares the plan's table.
    @Test func tables() throws {
        let groups = "groups: [ { name: a, share: 50% }, { name: b, share: 30%, network: us-4g }, "
        let reading = try Self.reading(
            "gateways: 2, middlebox: { aging: 60s }",
            groups + "{ name: c, share: 20%, network: none } ]"
        )
        #expect(reading.plan.middleboxTables == [0, 2, 0])
        #expect(reading.plan.hasMiddlebox)
    }
}
