import HoldfastCore
import Testing

@testable import HoldfastPlan

/// `via: external`: what must be said, what is refused, and what is told to others.
@Suite struct ExternalBalancerTests {
    private static func text(_ target: String) -> String {
        """
        name: external
        sessions: 10
        target: { gateways: 2, \(target) }
        reconnect: { policy: fixed, delay: 1s }
        duration: 10s
        timeline: []
        expect: []

        """
    }

    @Test func whatIsRead() throws {
        let keys = "endpoints: [\"127.0.0.1:9000\", \"10.0.0.5:1\"], counts: { command: [sh, -c, \"echo [1, 2]\"] }"
        let text = Self.text("via: external, balancer: { \(keys) }, gateway: { port: 7000 }")
        let reading = try PlanReader.read(text: text, file: "plan.yaml")
        #expect(reading.simulatedOnly.isEmpty)
        let external = try #require(reading.plan.target.balancer.external)
        #expect(external.endpoints.map(\.description) == ["127.0.0.1:9000", "10.0.0.5:1"])
        #expect(external.counts == .command(["sh", "-c", "echo [1, 2]"]))
        #expect(reading.plan.target.gateway.port == 7000)
        #expect((0..<4).map { external.endpoint(of: $0).port } == [9000, 1, 9000, 1])
        let again = try PlanReader.read(text: reading.plan.resolvedYAML(), file: "plan.yaml").plan
        #expect(again.target == reading.plan.target)
        #expect(again.hash == reading.plan.hash)
    }

    @Test(arguments: [
        ("via: external, gateway: { port: 7000 }", "no key `endpoints`; expected where the balancer listens"),
        ("via: external, balancer: { endpoints: [\"127.0.0.1:9\"] }", "no key `port`; expected the port of all"),
        ("balancer: { endpoints: [\"127.0.0.1:9\"] }", "`endpoints` with `via: embedded`; expected `via: external`"),
        ("balancer: { counts: { url: \"http://x\" } }", "`counts` with `via: embedded`; expected `via: external`"),
        ("via: external, balancer: { endpoints: [] }", "expected a list of 1 to 64 addresses"),
        (
            "via: external, balancer: { endpoints: [\"127.0.0.1:9\", \"127.0.0.1:9\"] }",
            "127.0.0.1:9 again; expected each"
        ),
        ("via: external, balancer: { endpoints: x }", "expected a list of 1 to 64 addresses"),
        ("via: external, balancer: { endpoints: [localhost:9] }", "expected an IPv4 address of this"),
        ("via: external, balancer: { endpoints: [\"127.0.0.1\"] }", "expected an IPv4 address"),
        ("via: external, balancer: { endpoints: [\"127.0.0.256:1\"] }", "expected an IPv4 address"),
        ("via: external, balancer: { endpoints: [\"127.0.0.1:0\"] }", "expected an IPv4 address"),
        ("via: external, balancer: { endpoints: [\"0.0.0.0:1\"] }", "expected an IPv4 address"),
        ("via: external, balancer: { endpoints: [\"127.0.0.1:65536\"] }", "expected an IPv4 address"),
        ("via: external, balancer: { counts: {} }", "`counts` without a source; expected `command` or `url`"),
        ("via: external, balancer: { counts: { command: sh } }", "expected a list of a program and its arguments"),
        ("via: external, balancer: { counts: { url: \"ftp://x\" } }", "expected a URL such as http://"),
        ("via: external, balancer: { counts: { command: [a], url: \"http://x\" } }", "expected one of them"),
        ("via: external, balancer: { shards: 2 }", "expected `via: embedded`"),
        ("gateway: { port: 0 }", "expected a whole number from 1 to 65535"),
    ])
    func whatIsRefused(target: String, refusal: String) {
        let error = #expect(throws: PlanError.self) {
            try PlanReader.read(text: Self.text(target), file: "plan.yaml")
        }
        #expect("\(String(describing: error))".contains(refusal), "\(String(describing: error))")
    }

    /// A variant may go without the balancer that the others have, and nobody reloads it.
    @Test func whoHasNone() throws {
        let keys = "balancer: { endpoints: [\"127.0.0.1:9000\"] }, gateway: { port: 7000 }"
        #expect(throws: Never.self) {
            try PlanReader.read(text: Self.text("via: client, algorithm: random, \(keys)"), file: "plan.yaml")
        }
        let timeline = "timeline: [ { at: 1s, reloadBalancer: {} } ]"
        let text = Self.text("via: external, \(keys)").replacing("timeline: []", with: timeline)
        #expect(try PlanReader.read(text: text, file: "plan.yaml").simulatedOnly.count == 1)
    }
}
