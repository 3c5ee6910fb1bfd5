import HoldfastCore
import HoldfastPlan
import Testing

/// What agents get, and what identifies a plan.
@Suite struct ResolutionTests {
    static let texts: [String] =
        [PlanSamples.smallest, PlanSamples.fullest]
        + PlanSamples.repositoryPlans.compactMap { try? PlanSamples.text(ofRepositoryPlan: $0) }
        + [
            "heartbeat: { strategy: none }", "reconnect: { policy: none }", "reconnect: { policy: fixed, delay: 1ns }",
            "reconnect: { policy: immediate }", "establish: { rate: 7/m, timeout: 5h }", "timeScale: 0.001",
            "churn: { lifetime: { mean: 1h } }", "heartbeat: { preset: enterprise }",
            "heartbeat: { strategy: idle, interval: 1s..1500ms }", "heartbeat: { preset: whatsapp-keepalive }",
            "heartbeat: { strategy: reported }", "heartbeat: { preset: discord }",
            "reconnect: { preset: grpc, maxAttempts: 3 }", "reconnect: { preset: phoenix }",
            "reconnect: { policy: table, table: [0s, 2s] }",
            "reconnect: { policy: exponential, jitter: proportional, factor: 1.5 }", "rebalance: { band: 0.000001 }",
            "defaults: []", "reconnect: { preset: nats }", "reconnect: { preset: mars }",
            "reconnect: { preset: websocket }", "reconnect: { policy: table, table: [0s, 1ns, 3s], spread: 5ms }",
            "timeline: [ { at: 1s, kick: { gateway: 1, count: 3, notice: false } }, { at: 2s, kick: {} } ]",
            "timeline: [ { at: 1s, resume: { fraction: 5% } }, { at: 2s, resume: {} } ]",
            "workload: { push: { rate: 7/h } }", "protocol: { kind: framed, tls: 1.3 }", "protocol: { tls: none }",
            "workload: { push: { every: 3s, arrivals: regular, queue: offline, retries: 9, timeout: 1ms, until: 1m } }",
            "workload: { push: { every: 1h, receipts: false, size: 1KiB }, request: { every: 5s } }",
            "workload: { request: { every: 1ms, timeout: 9s, maxIdle: 0s, until: 3s } }",
            "timeline: [ { at: 1s, freeze: { gateways: all } }, { at: 0s, drop: { fraction: 33.3% } } ]",
        ].map { PlanSamples.smallest + $0 + "\n" }
        + [
            "gateways: 2, via: client }\nreconnect: { quarantine: 1m", "gateways: 2, via: client, registry: {}",
            "gateways: 2, via: client, registry: { source: static }",
            "gateways: 2, via: client, registry: { source: etcd }",
            "gateways: 2, via: client, algorithm: headroom-weighted, headroom: 1.5, registry: { ttl: 3s, "
                + "reportInterval: 5ms, routers: 16, candidates: 1, localIncrement: false, fallback: none, "
                + "selfProtection: false, cache: 3s }",
        ].map { "name: t\nsessions: 1\ntarget: { \($0) }\n" }
        + [
            "algorithm: bounded-load", "algorithm: bounded-load, boundedLoad: 1.5",
            "via: client, algorithm: subset, subset: 2", "algorithm: first, gateway: { capacity: 800 }",
            "algorithm: random, gateway: { weight: [1, 256] }", "balancer: { instances: 3 }",
            "algorithm: maglev, gateway: { weight: 7 }", "gateway: { shards: 64 }", "balancer: { shards: 3 }",
            "balancer: { mode: handoff }", "balancer: { slowStart: 30s }", "balancer: { maxConnections: 7 }",
            "gateway: { shed: {} }", "gateway: { shed: { above: 1.25, rate: 500/s, interval: 10s } }",
            "gateway: { goawayChance: 0.5% } }\nworkload: { request: { every: 5s }",
        ].map { "name: t\nsessions: 1\ntarget: { gateways: 2, \($0) }\n" }

    @Test(arguments: texts)
    func theResolvedTextReadsBackAsTheSamePlan(text: String) throws {
        let plan = try Plan.parse(text: text, file: "plan.yaml")
        let resolved = plan.resolvedYAML()
        let again = try Plan.parse(text: resolved, file: "resolved.yaml")
        #expect(again == plan)
        #expect(again.hash == plan.hash)
        #expect(again.resolvedYAML() == resolved)
    }

    @Test func theFullestPlanIsReadAsWritten() throws {
        let plan = try Plan.parse(text: PlanSamples.fullest, file: "plan.yaml")
        #expect(plan.establish.ratePerSecond == 750)
        #expect(plan.churn == Churn(distribution: .fixed, mean: .seconds(300)))
        #expect(plan.excludedPorts == [80, 9000])
        #expect(plan.heartbeat.payloadBytes == 4096)
        #expect(plan.connect.timeout == .milliseconds(1500))
        #expect(plan.timeline.map(\.at) == [1, 2, 6, 9, 9, 180].map(Span.seconds))
        #expect(plan.timeline.map(\.action.kind) == [.drop, .freeze, .kill, .drop, .restart, .rollingRestart])
        #expect(plan.timeline[0].scope == Scope(gateways: [0, 1, 2, 3, 4, 5], share: .count(7)))
        #expect(plan.timeline[1].scope.gateways == [1, 3])
        #expect(plan.timeline[3].scope == Scope(gateways: nil, share: .fraction(0.125)))
        #expect(
            plan.timeline[5].action
                == .rollingRestart(Restart(manner: .graceful, down: .seconds(10)), every: .seconds(20))
        )
    }

    /// The hash was computed by another program from this text: FNV-1a 64, then the finalizer of SplitMix64.
    @Test func theHashOfTheSmallestPlanNeverChanges() throws {
        let plan = try Plan.parse(text: PlanSamples.smallest, file: "plan.yaml")
        let json = """
            {"connect":{"loginTimeout":"5s","timeout":"5s"},\
            "defaults":["unexplained","admitted","flat"],"duration":"1m",\
            "establish":{"rate":"1000/s","timeout":"1m"},"excludedPorts":[],\
            "heartbeat":{"first":"random","interval":"30s","payload":"0B","silence":"1m30s","strategy":"fixed"},\
            "rebalance":{"band":0.1},\
            "reconnect":{"base":"1s","cap":"1m","jitter":"full","onFailure":"switch","policy":"exponential"},\
            "seed":42,"sessions":100,"target":{"algorithm":"round-robin",\
            "balancer":{"connectFailure":"repick","failTimeout":"1s","healthCheck":"passive"},"crowd":1,\
            "gateway":{"drain":"10s"},"gateways":2,"via":"embedded"},"timeScale":1,"timeline":[]}
            """
        #expect(plan.canonicalJSON == json)
        #expect(plan.hash == "62c3d474b64ebaa1")
    }

    @Test(arguments: [
        (["name=other"], true), (["expect.0=disconnects == 0"], true), (["sessions=101"], false), (["seed=43"], false),
        (["timeline.0={ at: 1s, drop: {} }"], false), (["duration=1m"], true), (["duration=61s"], false),
        (["heartbeat={ interval: 30s, silence: 90s }"], true), (["connect={ timeout: 5s }"], true),
        (["connect={ rateLimit: 50/s }"], false),
    ])
    func theHashIsOfWhatThePlanDoes(overrides: [String], isEqual: Bool) throws {
        let text = PlanSamples.smallest + "timeline: []\nexpect: []\n"
        let plan = try Plan.parse(text: text, file: "plan.yaml")
        let other = try Plan.parse(text: text, file: "plan.yaml", overrides: overrides.map { SetOverride($0) })
        #expect((plan.hash == other.hash) == isEqual)
    }

    @Test func realTimeDividesPoliciesAndFaultsOnly() throws {
        let plan = try Plan.parse(text: PlanSamples.fullest, file: "plan.yaml").realTime
        #expect(plan.timeScale == 1)
        #expect(plan.realTime == plan)
        #expect(plan.duration == .seconds(240))
        #expect(plan.churn?.mean == .seconds(120))
        #expect(plan.heartbeat.interval == .milliseconds(1200))
        #expect(plan.heartbeat.detection == .misses(count: 5, timeout: .milliseconds(1000)))
        #expect(plan.reconnect.maxElapsed == .seconds(2880))
        let delay = ReconnectPolicy.Delay.exponential(base: .milliseconds(40), cap: .seconds(24), jitter: .decorrelated)
        #expect(plan.reconnect.delay == delay)
        #expect(plan.target.balancer.failTimeout == .milliseconds(100))
        #expect(plan.target.gateway == GatewaySettings(drain: .seconds(1440), idleTimeout: .seconds(30)))
        #expect(plan.connect == ConnectLimits(timeout: .milliseconds(1500), loginTimeout: .seconds(2)))
        #expect(plan.establish == Establish(ratePerSecond: 750, timeout: .seconds(120)))
        #expect(plan.timeline.map(\.at) == [400, 800, 2400, 3600, 3600, 72_000].map(Span.milliseconds))
        let actions: [FaultAction] = [
            .drop(Drop(manner: .reset, side: .gateway, comeback: .after(.milliseconds(100)))),
            .freeze(length: .milliseconds(1200)),
            .kill(length: .seconds(24)),
            .drop(Drop(manner: .vanish, side: .client, comeback: .after(.zero))),
            .restart(Restart(manner: .kill, down: .zero)),
            .rollingRestart(Restart(manner: .graceful, down: .seconds(4)), every: .seconds(8)),
        ]
        #expect(plan.timeline.map(\.action) == actions)
    }
}
