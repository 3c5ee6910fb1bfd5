import HoldfastCore
import HoldfastPlan
import Testing

/// `target.registry`: what it means, and what it refuses.
@Suite struct RegistryPlanTests {
    static func text(_ target: String, _ more: String = "") -> String {
        "name: t\nsessions: 100\ntarget: { gateways: 2, via: client, \(target) }\n\(more)\n"
    }

    @Test func itIsReadAsWritten() throws {
        let text = Self.text(
            "algorithm: least-reported, registry: { ttl: 20s, reportInterval: 4s, routers: 3, candidates: 2, "
                + "localIncrement: false, fallback: none, selfProtection: false, cache: 8s }",
            "timeScale: 4"
        )
        let plan = try Plan.parse(text: text, file: "plan.yaml")
        var expected = RegistrySettings(
            ttl: .seconds(20),
            reportInterval: .seconds(4),
            routers: 3,
            candidates: 2,
            localIncrement: false,
            fallback: .none,
            selfProtection: false
        )
        expected.cache = .seconds(8)
        #expect(plan.target.registry == expected)
        expected.cache = .seconds(2)
        expected.ttl = .seconds(5)
        expected.reportInterval = .seconds(1)
        #expect(plan.realTime.target.registry == expected)
        #expect(SessionPolicy(plan: plan).selection == .routed(gateways: 2, onFailure: .switchGateway))
    }

    @Test func leftOutItIsWhatTheDesignSays() throws {
        let plan = try Plan.parse(text: Self.text("algorithm: power-of-two, registry: {}"), file: "plan.yaml")
        let expected = RegistrySettings(
            ttl: .seconds(10),
            reportInterval: .seconds(1),
            routers: 1,
            candidates: 5,
            localIncrement: true,
            fallback: .slb,
            selfProtection: true
        )
        #expect(plan.target.registry == expected)
        #expect(plan.target.headroom == 1.25)
    }

    /// A static list is what sessions have anyway.
    @Test(arguments: [
        ("registry: { source: static }", false), ("registry: {}", true), ("registry: { source: registry }", true),
        ("registry: { source: etcd, ttl: 2s }", true),
    ])
    func whereTheListIsFrom(target: String, isRegistry: Bool) throws {
        let reading = try PlanReader.read(text: Self.text(target), file: "plan.yaml")
        #expect((reading.plan.target.registry != nil) == isRegistry)
        #expect(reading.simulatedOnly.isEmpty)
    }

    /// What a registry cannot place goes through the balancer, which is there for it.
    @Test(arguments: [
        ("registry: {}", true), ("registry: { fallback: none }", false), ("registry: { source: static }", false),
    ])
    func whoTakesWhatTheRegistryCannotPlace(target: String, isThere: Bool) throws {
        let plan = try Plan.parse(text: Self.text(target), file: "plan.yaml")
        #expect(plan.hasEmbeddedBalancer == isThere)
    }

    @Test(arguments: [
        "random", "round-robin", "least-connections", "power-of-two", "least-reported", "headroom-weighted",
    ])
    func routersKnowTheseAlgorithms(algorithm: String) throws {
        let plan = try Plan.parse(text: Self.text("algorithm: \(algorithm), registry: {}"), file: "plan.yaml")
        #expect(RoutingService(plan: plan) != nil)
    }

    @Test func etcdIsReadAndReadBackAsTheSame() throws {
        let event = "{ at: 1s, for: 4s, registry: { kill: true } }"
        let text = Self.text("registry: { source: etcd }", "timeline: [ \(event) ]")
        let plan = try Plan.parse(text: text, file: "plan.yaml")
        #expect(plan.target.registry?.source == .etcd)
        #expect(plan.timeline.map(\.action) == [.registry(.kill, length: .seconds(4))])
        #expect(try Plan.parse(text: plan.resolvedYAML(), file: "resolved.yaml") == plan)
    }

    @Test func eventsAreReadAndReadBackAsTheSame() throws {
        let text = Self.text(
            "registry: {}",
            """
            timeScale: 2
            timeline:
              - { at: 1s, for: 4s, registry: { pause: true } }
              - { at: 5s, registry: { shrinkTo: 40% } }
            """
        )
        let plan = try Plan.parse(text: text, file: "plan.yaml")
        let actions = plan.timeline.map(\.action)
        #expect(actions == [.registry(.pause, length: .seconds(4)), .registry(.shrink(to: 0.4), length: nil)])
        #expect(try Plan.parse(text: plan.resolvedYAML(), file: "resolved.yaml") == plan)
        #expect(plan.realTime.timeline[0].action == .registry(.pause, length: .seconds(2)))
        #expect(plan.timeline.allSatisfy { $0.outages.isEmpty })
    }

    private static func event(_ events: String) -> String { text("registry: {}", "timeline: [ \(events) ]") }

    /// What etcd grants is whole seconds of real time.
    static let wrong: [WrongPlan] = [
        WrongPlan(
            event("{ at: 1s, registry: { kill: true } }"),
            "4:41: error: `kill` with `source: registry`; expected `source: etcd`, or `pause: true`"
        ),
        WrongPlan(
            text("registry: { source: etcd, ttl: 2500ms }"),
            "3:68: error: a `ttl` of 2s500ms of real time with `source: etcd`; expected whole seconds, at least 2, "
                + "which is what etcd grants"
        ),
        WrongPlan(
            text("registry: { source: etcd, ttl: 10s }", "timeScale: 8"),
            "3:68: error: a `ttl` of 1s250ms of real time with `source: etcd`; expected whole seconds, at least 2, "
                + "which is what etcd grants"
        ),
        WrongPlan(
            event("{ at: 1s, registry: {} }"),
            "4:33: error: nothing to do to the registry; expected `pause`, `kill` or `shrinkTo`"
        ),
        WrongPlan(
            event("{ at: 1s, registry: { pause: false } }"),
            "4:42: error: `false`; expected true"
        ),
        WrongPlan(
            event("{ at: 1s, registry: { pause: true, shrinkTo: 50% } }"),
            "4:48: error: `shrinkTo` beside `pause`; expected one of them"
        ),
        WrongPlan(
            event("{ at: 1s, registry: { shrinkTo: 0% } }"),
            "4:45: error: `0%`; expected a fraction such as 0.8 or 80%, above 0, at most 1"
        ),
        WrongPlan(
            event("{ at: 1s, for: 2001ms, registry: { pause: true } }, { at: 3s, registry: { shrinkTo: 50% } }"),
            "4:65: error: `registry` while that at 1s goes on; expected one disturbance at a time"
        ),
        WrongPlan(
            text("registry: { ttl: 1s }"),
            "3:54: error: a `ttl` of 1s with a report every 1s; expected more than the time between reports"
        ),
        WrongPlan(
            text("registry: { source: static, ttl: 1s }"),
            "3:65: error: `ttl` beside `source: static`; expected `source: registry` or `source: etcd`"
        ),
        WrongPlan(
            text("registry: { source: dns }"),
            "3:57: error: unknown name `dns`; expected etcd, registry or static"
        ),
        WrongPlan(
            text("registry: { routers: 0 }"),
            "3:58: error: `0`; expected a whole number from 1 to 1000; did you mean 1?"
        ),
        WrongPlan(
            text("registry: { fallback: dns }"),
            "3:59: error: unknown name `dns`; expected none or slb"
        ),
        WrongPlan(
            text("registry: {}, algorithm: sticky"),
            "3:62: error: `sticky` with `registry`, whose routers do not know who asks; expected headroom-weighted, "
                + "least-connections, least-reported, power-of-two, random or round-robin"
        ),
        WrongPlan(
            text("registry: {}, algorithm: power-of-two, replacement: true"),
            "3:89: error: `replacement` with `registry`, whose routers draw two distinct ones; expected "
                + "`replacement: false`"
        ),
        WrongPlan(
            text("registry: {}, headroom: 2"),
            "3:51: error: `headroom` beside `algorithm: round-robin`; expected `algorithm: headroom-weighted`"
        ),
        WrongPlan(
            text("registry: { reportInterval: 5ms }", "timeScale: 10"),
            "4:12: error: a report every 5ms with this time scale; expected at least 1ms between reports"
        ),
        WrongPlan(
            text("algorithm: least-reported"),
            "3:48: error: `least-reported` with `via: client`, where a session knows only its own history; expected "
                + "`target.registry`, \(clientAlgorithms)"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, algorithm: headroom-weighted }\n",
            "3:35: error: `headroom-weighted` of a balancer, which counts for itself; expected `via: client` with "
                + "`target.registry`"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, registry: {} }\n",
            "3:34: error: `registry` with `via: embedded`, where no session asks for a gateway; expected `via: client`"
        ),
    ]

    @Test(arguments: wrong)
    func isRefusedWithOneLine(row: WrongPlan) { row.check() }
}
