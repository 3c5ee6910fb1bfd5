import HoldfastCore
import HoldfastPlan
import Testing

/// Who can use which algorithm, and what belongs to it.
@Suite struct AlgorithmAgreementTests {
    static func text(_ target: String) -> String { "name: t\nsessions: 100\ntarget: { gateways: 3, \(target) }\n" }

    static func target(_ text: String) throws -> Target {
        try Plan.parse(text: Self.text(text), file: "plan.yaml").target
    }

    @Test func whatBelongsToAnAlgorithmIsRead() throws {
        #expect(try Self.target("algorithm: bounded-load").boundedLoad == 1.25)
        #expect(try Self.target("algorithm: bounded-load, boundedLoad: 1.01").boundedLoad == 1.01)
        #expect(try Self.target("via: client, algorithm: subset, subset: 3").subset == 3)
        #expect(try Self.target("algorithm: first, gateway: { capacity: 1 }").gateway.capacity == 1)
        #expect(try Self.target("algorithm: random, gateway: { weight: [1, 2, 256] }").gateway.weights == [1, 2, 256])
    }

    /// One weight for all says nothing, nor does the same one many times: so they go with every algorithm.
    @Test(arguments: ["weight: 256", "weight: [9, 9, 9]"])
    func equalWeightsAreNone(weight: String) throws {
        #expect(try Self.target("gateway: { \(weight) }").gateway.weights.isEmpty)
    }

    @Test func theBalancerOfAPlanHasWhatThePlanSays() throws {
        func picks(_ target: String) throws -> [GatewayID?] {
            var balancer = Balancer(plan: try Plan.parse(text: Self.text(target), file: "plan.yaml"))
            return (SessionID(0)..<7).map { balancer.pick(session: $0, ordinal: 0, now: .zero) }
        }
        let smooth = "algorithm: smooth-weighted-round-robin, gateway: { weight: [5, 1, 1] }"
        #expect(try picks(smooth) == [0, 0, 1, 0, 2, 0, 0])
        #expect(try picks("algorithm: first, gateway: { capacity: 2 }") == [0, 0, 1, 1, 2, 2, nil])
        #expect(try Set(picks("algorithm: bounded-load, boundedLoad: 1.01").compactMap { $0 }).count == 3)
    }

    /// A balancer keeps to a capacity, or else the gateway itself.
    @Test(arguments: [
        "algorithm: first, gateway: { capacity: 5 }", "via: haproxy, algorithm: first, gateway: { capacity: 5 }",
        "gateway: { capacity: 5 }", "via: client, algorithm: first, gateway: { capacity: 5 }",
    ])
    func capacityIsForLiveRunsToo(target: String) throws {
        let reading = try PlanReader.read(text: Self.text(target), file: "plan.yaml")
        #expect(reading.plan.target.gateway.capacity == 5)
        #expect(reading.simulatedOnly.isEmpty)
    }

    /// Processes of our own, and nginx's workers; HAProxy has one thread, and a gateway takes clients from one.
    @Test(arguments: [
        ("balancer: { instances: 1 }", 0), ("balancer: { instances: 1024 }", 0),
        ("balancer: { instances: 2, mode: handoff }", 1), ("via: haproxy, balancer: { instances: 2 }", 1),
        ("via: client, registry: {}, balancer: { instances: 2 }", 0),
    ])
    func whoseInstancesCanOnlyBeSimulated(target: String, refusals: Int) throws {
        let reading = try PlanReader.read(text: Self.text(target), file: "plan.yaml")
        #expect(reading.simulatedOnly.count == refusals)
        #expect(reading.simulatedOnly.allSatisfy { $0.description.contains("error: `instances` can only be") })
    }

    /// Our own balancer looks at gateways in either way, and so does HAProxy.
    @Test(arguments: [
        ("embedded", "tcp", 0), ("embedded", "application", 0), ("haproxy", "tcp", 0), ("haproxy", "application", 0),
        ("client, registry: {}", "application", 0),
    ])
    func whoLooksHow(via: String, check: String, refusals: Int) throws {
        let text = Self.text("algorithm: random, via: \(via), balancer: { healthCheck: \(check) }")
        #expect(try PlanReader.read(text: text, file: "plan.yaml").simulatedOnly.count == refusals)
    }

    /// What a balancer does beside picking, and which of them can.
    @Test(arguments: [
        ("idleTimeout: 2s", "embedded", ""), ("idleTimeout: 2s, onIdle: fin", "nginx", ""),
        ("idleTimeout: 2s", "haproxy", ""),
        ("idleTimeout: 2s, onIdle: reset", "haproxy", "`onIdle: reset` with `via: haproxy`; expected `onIdle: fin`"),
        ("idleTimeout: 2s", "client", ""), ("slowStart: 2s", "embedded", ""), ("slowStart: 2s", "haproxy", ""),
        ("slowStart: 2s", "client", ""),
        ("slowStart: 2s", "nginx", "`slowStart` with `via: nginx`, whose open version warms nobody up; expected"),
        ("slowStart: 2s", "haproxy, algorithm: source-hash", "whose weights stand still there; expected another"),
        ("maxConnections: 9", "embedded", ""), ("maxConnections: 9", "nginx", ""),
        ("maxConnections: 9", "haproxy", "lets clients wait for a gateway that has room; expected `via: embedded`"),
        ("maxConnections: 0", "embedded", "expected"), ("slowStart: 0s", "embedded", "expected"),
    ])
    func whoDoesWhat(settings: String, via: String, refusal: String) throws {
        let algorithm = via.contains("algorithm") ? "" : "algorithm: random, "
        let text = Self.text("\(algorithm)via: \(via), balancer: { \(settings) }")
        guard !refusal.isEmpty else {
            #expect(try PlanReader.read(text: text, file: "plan.yaml").simulatedOnly.isEmpty)
            return
        }
        let error = #expect(throws: PlanError.self) { try PlanReader.read(text: text, file: "plan.yaml") }
        #expect("\(try #require(error))".contains(refusal))
    }

    /// nginx has as many workers as one likes, each a balancer of its own or all of them one.
    @Test(arguments: ["instances: 16", "shards: 16"])
    func workersOfNginxAreLive(workers: String) throws {
        let text = Self.text("via: nginx, balancer: { \(workers) }")
        #expect(try PlanReader.read(text: text, file: "plan.yaml").simulatedOnly.isEmpty)
    }

    /// Who is reloaded, and who has to be to know of another gateway.
    @Test(arguments: [
        ("via: nginx", "scale: { to: 5 }"), ("via: nginx", "reloadBalancer: {}"),
        ("via: haproxy", "reloadBalancer: {}"),
        ("via: embedded", "reloadBalancer: { keepCounts: true }"),
    ])
    func reloadsAreLive(via: String, action: String) throws {
        let text = Self.text(via) + "timeline: [ { at: 1s, \(action) } ]\n"
        #expect(try PlanReader.read(text: text, file: "plan.yaml").simulatedOnly.isEmpty)
    }

    static let wrong: [WrongPlan] = [
        WrongPlan(
            text("via: haproxy") + "timeline: [ { at: 1s, reloadBalancer: { keepCounts: true } } ]\n",
            "4:53: error: `keepCounts` with `via: haproxy`, which begins anew with none; expected `keepCounts: false`"
        ),
        WrongPlan(
            text("via: nginx, algorithm: maglev"),
            "3:47: error: `maglev` with `via: nginx`, which has no such algorithm; expected `via: embedded`"
        ),
        WrongPlan(
            text("via: nginx, algorithm: first, gateway: { capacity: 5 }"),
            "3:47: error: `first` with `via: nginx`, which has no such algorithm; expected `via: haproxy` or "
                + "`via: embedded`"
        ),
        WrongPlan(
            text("via: nginx, algorithm: power-of-two, replacement: true"),
            "3:47: error: `power-of-two` with `via: nginx`, which has no such algorithm; expected "
                + "`replacement: false`, as nginx draws"
        ),
        WrongPlan(
            text("via: nginx, balancer: { healthCheck: tcp }"),
            "3:61: error: `healthCheck: tcp` with `via: nginx`, whose stream module looks at nobody by itself; "
                + "expected `passive` or `none`"
        ),
        WrongPlan(
            text("via: nginx, balancer: { failTimeout: 1500ms }"),
            "3:61: error: a `failTimeout` of 1s500ms with `via: nginx`; expected whole seconds, as nginx has them"
        ),
        WrongPlan(
            text("via: nginx, balancer: { failTimeout: 10s }") + "\ntimeScale: 60",
            "3:61: error: a `failTimeout` of 10s, 166ms666us667ns of real time, with `via: nginx`; expected whole "
                + "seconds, as nginx has them"
        ),
        WrongPlan(
            text("via: nginx, balancer: { connectFailure: next }"),
            "3:64: error: `connectFailure: next` with `via: nginx`, which picks again; expected `repick` or `reset`"
        ),
        WrongPlan(
            text("balancer: { shards: 2, instances: 2 }"),
            "3:58: error: `instances`, which share nothing, beside `shards`, which share their counts; expected one of "
                + "them"
        ),
        WrongPlan(
            text("via: nginx, balancer: { shards: 2, instances: 2 }"),
            "3:70: error: `instances`, which share nothing, beside `shards`, which share their counts; expected one of "
                + "them"
        ),
        WrongPlan(
            text("via: client, algorithm: smooth-weighted-round-robin"),
            "3:48: error: `smooth-weighted-round-robin` with `via: client`, where sessions take no turns with each "
                + "other; expected \(clientAlgorithms)"
        ),
        WrongPlan(
            text("via: client, algorithm: bounded-load"),
            "3:48: error: `bounded-load` with `via: client`, where a session knows only its own history; expected "
                + clientAlgorithms
        ),
        WrongPlan(
            text("algorithm: subset, subset: 2"),
            "3:35: error: `subset` of a balancer, which has connections to all gateways; expected `via: client`"
        ),
        WrongPlan(
            text("via: client, algorithm: subset"),
            "3:9: error: no key `subset`; expected the number of gateways in the subset of a session"
        ),
        WrongPlan(
            text("via: client, algorithm: subset, subset: 4"),
            "3:64: error: `4`; expected a whole number from 1 to 3; did you mean 3?"
        ),
        WrongPlan(
            text("subset: 2"),
            "3:24: error: `subset` beside `algorithm: round-robin`; expected `algorithm: subset`"
        ),
        WrongPlan(
            text("boundedLoad: 2"),
            "3:24: error: `boundedLoad` beside `algorithm: round-robin`; expected `algorithm: bounded-load`"
        ),
        WrongPlan(
            text("algorithm: bounded-load, boundedLoad: 1"),
            "3:62: error: `1`; expected a number from 1.01 to 100"
        ),
        WrongPlan(
            text("algorithm: first"),
            "3:9: error: no key `capacity`; expected the connections that one gateway takes, for `algorithm: first`"
        ),
        WrongPlan(
            text("gateway: { weight: [1, 2, 3] }"),
            "3:43: error: weights with `algorithm: round-robin`, which knows none; expected bounded-load, "
                + "consistent-hash, least-connections, maglev, power-of-two, random or smooth-weighted-round-robin"
        ),
        WrongPlan(
            text("algorithm: random, gateway: { weight: [1, 2] }"),
            "3:62: error: 2 weights for 3 gateways; expected one weight, or one for each gateway"
        ),
        WrongPlan(
            text("algorithm: random, gateway: { weight: [1, 2, 257] }"),
            "3:69: error: `257`; expected a weight from 1 to 256; did you mean 256?"
        ),
        WrongPlan(
            text("algorithm: random, gateway: { weight: 0 }"),
            "3:62: error: `0`; expected a weight from 1 to 256; did you mean 1?"
        ),
        WrongPlan(
            text("via: client, algorithm: power-of-two, registry: {}, gateway: { weight: [1, 2, 3] }"),
            "3:95: error: weights with `registry`, whose routers know none; expected no weights"
        ),
        WrongPlan(
            text("via: client, balancer: { instances: 2 }"),
            "3:60: error: `instances` with `via: client`; expected a balancer"
        ),
        WrongPlan(
            text("via: client, balancer: { shards: 2 }"),
            "3:57: error: `shards` with `via: client`; expected `via: embedded`"
        ),
        WrongPlan(
            text("via: haproxy, balancer: { mode: handoff }"),
            "3:56: error: `mode: handoff` with `via: haproxy`; expected `via: embedded`"
        ),
        WrongPlan(
            text("via: haproxy, algorithm: maglev"),
            "3:49: error: `maglev` with `via: haproxy`, which has no such algorithm; expected `via: embedded`"
        ),
        WrongPlan(
            text("via: haproxy, algorithm: smooth-weighted-round-robin"),
            "3:49: error: `smooth-weighted-round-robin` with `via: haproxy`, which has no such algorithm; expected "
                + "`via: embedded`"
        ),
    ]

    @Test(arguments: wrong) func isRefused(plan: WrongPlan) { plan.check() }

    /// What HAProxy has, and a weight for what it weighs.
    @Test(arguments: [
        "bounded-load", "consistent-hash", "first, gateway: { capacity: 9 }", "least-connections", "random",
        "random, gateway: { weight: [1, 2, 3] }", "round-robin", "source-hash",
    ])
    func haproxyHas(algorithm: String) throws {
        #expect(try Self.target("via: haproxy, algorithm: \(algorithm)").via == .haproxy)
    }
}
