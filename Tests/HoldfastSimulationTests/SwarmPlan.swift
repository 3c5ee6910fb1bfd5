import HoldfastPlan

/// A random plan: each of its parts from a list, each kind of fault off, rare or frequent for the whole run.
///
/// It is written as text, so that a person can read it, and so that it goes through the reader like any other.
struct SwarmPlan {
    let seed: UInt64
    let text: String
    let plan: Plan

    init(seed: UInt64) throws {
        self.seed = seed
        var dice = SwarmDice(seed: seed)
        // Where anything can happen on the way nothing can be said about ghosts, so most plans leave the network alone.
        let isDisturbed = dice.once(in: 3)
        let gateways = dice.whole(1...6)
        let duration = dice.whole(10...40)
        let head =
            SwarmPlan.head(&dice, seed: seed, gateways: gateways, duration: duration, isDisturbed)
            + SwarmPlan.groups(&dice, isDisturbed)
        var events: [String] = []
        var plan = try Plan.parse(text: head, file: "swarm.yaml")
        for fault in SwarmPlan.faults(&dice, gateways: gateways, duration: duration, isDisturbed) {
            // Two outages of one gateway at a time, and restarts without room, are refused by the reader: left out.
            let longer = head + SwarmPlan.timeline(events + [fault])
            guard let accepted = try? Plan.parse(text: longer, file: "swarm.yaml") else { continue }
            events.append(fault)
            plan = accepted
        }
        text = head + (events.isEmpty ? "" : SwarmPlan.timeline(events))
        self.plan = plan
    }

    /// What tells somebody how to see it again.
    var replay: String { "HOLDFAST_SWARM_SEED=\(seed) swift test --no-parallel --filter SwarmTests\n\(text)" }

    // MARK: Lists: a new name is one line

    private static let algorithms = [
        "round-robin", "least-connections", "random", "power-of-two", "rendezvous", "source-hash",
        "bounded-load", "consistent-hash", "maglev", "smooth-weighted-round-robin",
    ]
    private static let clientAlgorithms = ["round-robin", "random", "rendezvous", "source-hash", "sticky", "first"]
    private static let registries = [
        "registry: {}", "registry: { routers: 3, localIncrement: false, selfProtection: false }",
        "registry: { ttl: 2s, reportInterval: 300ms, candidates: 1, fallback: none, selfProtection: false }",
        "registry: { ttl: 1500ms, routers: 2, candidates: 2, fallback: none }",
    ]
    private static let routedAlgorithms = [
        "least-reported", "headroom-weighted", "power-of-two", "random", "round-robin", "least-connections",
    ]
    private static let heartbeats = [
        "{ preset: article-3x5 }",
        "{ strategy: none }",
        "{ interval: 1s, silence: 3s }",
        "{ interval: 2s, silence: 4s, first: immediate }",
        "{ interval: 5s, silence: 15s, first: after }",
        "{ interval: 2s, misses: 1, timeout: 500ms }",
        "{ interval: 1s, misses: 3, timeout: 1s, payload: 32B }",
        "{ interval: 30s }",
        "{ interval: 1s..4s, silence: 12s }",
        "{ strategy: idle, interval: 2s }",
        "{ strategy: reported, interval: 2s, silence: 6s }",
        "{ strategy: server, interval: 2s, silence: 6s }",
        "{ strategy: bidirectional, interval: 1s, silence: 4s }",
        "{ strategy: piggyback, interval: 2s }",
    ]
    private static let kernelHeartbeats = [
        "{ strategy: third-party, interval: 2s }",
        "{ strategy: tcp-keepalive, idle: 2s, interval: 1s, probes: 3 }",
        "{ strategy: tcp-keepalive, idle: 1s, interval: 1s, probes: 9, userTimeout: 3s }",
        "{ interval: 2s, silence: 6s, userTimeout: 2500ms }",
        "{ strategy: adaptive, minimum: 2s, maximum: 29s, step: 1s, successes: 1, misses: 1, timeout: 1s }",
    ]
    private static let reconnects = [
        "{ policy: none }",
        "{ policy: immediate, maxAttempts: 100 }",
        "{ policy: fixed, delay: 2s }",
        "{ policy: fixed, delay: 0s, maxAttempts: 3 }",
        "{ policy: exponential }",
        "{ policy: exponential, base: 100ms, cap: 2s, jitter: none }",
        "{ policy: exponential, base: 200ms, cap: 5s, jitter: equal, maxElapsed: 10s }",
        "{ policy: exponential, base: 500ms, jitter: decorrelated, maxAttempts: 4 }",
        "{ policy: exponential, base: 1s, jitter: full, onFailure: stay }",
        "{ preset: grpc, maxAttempts: 6 }",
        "{ preset: phoenix }",
        "{ policy: table, table: [0s, 1s, 3s], maxElapsed: 20s }",
        "{ policy: exponential, base: 300ms, cap: 4s, factor: 3, first: 2s, jitter: proportional }",
        "{ policy: table, table: [0s, 500ms, 3s], spread: 1s, maxElapsed: 20s }",
        "{ preset: nats }",
    ]
    private static let boxes = [
        "middlebox: { aging: 3s }", "middlebox: { aging: 4s, onExpire: reset, resetLoss: 50% }",
        "middlebox: { aging: 2500ms, onExpire: answer, refresh: client }", "middlebox: { aging: 5s, ports: 20 }",
        "middlebox: { aging: 6s, onExpire: fin }", "middlebox: { preset: china-mobile-4g }",
    ]
    private static let clientReconnects = [
        "{ policy: fixed, delay: 500ms, quarantine: 10s }", "{ preset: websocket, quarantine: 3s, onFailure: stay }",
    ]
    private static let ages = [
        "", "", "", ", maxAge: 5s", ", maxAge: 4s, maxAgeJitter: 50%", ", heartbeatInterval: 1s",
    ]
    /// Two that end each other and come back at once would do nothing else.
    private static let duplicates: [(gateway: String, reconnect: String?)] = [
        ("", nil), ("", nil), ("", nil), (", duplicateLogin: notify", "{ policy: fixed, delay: 1s }"),
        (", duplicateLogin: silent", "{ policy: fixed, delay: 2s }"),
    ]
    /// What goes over the connections, and what it makes gateways do.
    private static let workloads = [
        ("push: { every: 3s }", ""),
        ("push: { every: 2s, queue: offline, retries: 2, timeout: 500ms }", ""),
        ("push: { rate: 30/m, receipts: false, arrivals: regular }", ""),
        ("push: { every: 1s, queue: offline, until: 9s }", ""),
        ("request: { every: 2s, timeout: 1s }", ", goawayChance: 10%"),
        ("request: { every: 3s, timeout: 500ms, maxIdle: 1s }", ""),
        ("request: { every: 2s, timeout: 2s, maxIdle: 0s }", ""),
        ("push: { every: 2s, queue: offline }, request: { every: 2s, timeout: 3s, maxIdle: 0s }", ", goawayChance: 3%"),
        ("push: { every: 2s }, request: { every: 1s, timeout: 1s, until: 8s }", ""),
    ]
    private static let churns = [
        "{ lifetime: { mean: 5s } }", "{ lifetime: { mean: 30s } }", "{ lifetime: { distribution: fixed, mean: 7s } }",
    ]
    private static let actions: [@Sendable (inout SwarmDice, _ gateway: String) -> (beside: String, action: String)] = [
        { dice, _ in
            ("", "drop: { fraction: \(dice.whole(1...100))%, by: \(dice.one(of: ["fin", "reset", "vanish"])) }")
        },
        { dice, gateway in
            let back = dice.one(of: ["policy", "never", "0s", "300ms", "4s"])
            return ("", "drop: { gateway: \(gateway), fraction: \(dice.whole(1...100))%, return: \(back) }")
        },
        { dice, gateway in
            let back = dice.one(of: ["policy", "1s"])
            let manner = dice.one(of: ["fin", "reset"])
            return ("", "drop: { gateway: \(gateway), count: 5, side: gateway, by: \(manner), return: \(back) }")
        },
        { dice, gateway in (dice.one(of: ["", "for: 2s, ", "for: 8s, "]), "freeze: { gateway: \(gateway) }") },
        { dice, gateway in (dice.one(of: ["", "for: 1s, ", "for: 6s, "]), "kill: { gateway: \(gateway) }") },
        { dice, gateway in
            let manner = dice.one(of: ["graceful", "kill"])
            return ("", "restart: { gateway: \(gateway), how: \(manner), down: \(dice.whole(0...4))s }")
        },
        { dice, gateway in
            let notice = dice.one(of: ["true", "false"])
            return ("", "kick: { gateway: \(gateway), fraction: \(dice.whole(1...30))%, notice: \(notice) }")
        },
        { dice, _ in
            let what = dice.one(of: ["pause: true", "shrinkTo: 40%", "shrinkTo: 60%"])
            return (dice.one(of: ["", "for: 3s, ", "for: 9s, "]), "registry: { \(what) }")
        },
        { dice, _ in ("", "drop: { group: \(dice.whole(0...1)), fraction: \(dice.whole(1...100))% }") },
        { _, gateway in ("", "drop: { gateway: \(gateway), group: 1, count: 3, side: gateway }") },
        { dice, _ in ("", "vanish: { count: \(dice.whole(1...5)) }") },
        { dice, _ in ("", "resume: { fraction: \(dice.whole(1...100))% }") },
        { dice, _ in ("", "reloadBalancer: { keepCounts: \(dice.one(of: ["true", "false"])) }") },
        { dice, _ in (dice.one(of: ["", "for: 5s, "]), "foreground: { fraction: \(dice.whole(1...100))% }") },
        { dice, _ in ("", "rollingRestart: { how: \(dice.one(of: ["graceful", "kill"])), down: 2s, every: 6s }") },
        { dice, gateway in (dice.one(of: ["", "for: 5s, "]), "stall: { gateway: \(gateway) }") },
        // Last, since they are refused beside outages of the same gateways instead of refusing those.
        { dice, gateway in
            (dice.one(of: ["", "for: 6s, "]), "drain: { gateway: \(gateway), over: \(dice.whole(0...5))s }")
        },
        { dice, _ in ("", "scale: { to: \(dice.whole(1...8)) }") },
    ]

    private static let disturbances:
        [@Sendable (inout SwarmDice, _ gateway: String) -> (beside: String, action: String)] = [
            { dice, gateway in (dice.one(of: ["", "for: 2s, ", "for: 7s, "]), "crash: { gateway: \(gateway) }") },
            { dice, gateway in (dice.one(of: ["", "for: 3s, "]), "stall: { gateway: \(gateway) }") },
            { dice, gateway in
                (dice.one(of: ["", "for: 5s, "]), "overload: { gateway: \(gateway), delay: \(dice.whole(1...9))00ms }")
            },
            { dice, gateway in
                let way = dice.one(of: ["both", "to-gateway", "to-client"])
                let scope = dice.one(of: ["gateway: \(gateway)", "gateways: all", "fraction: 40%"])
                return (dice.one(of: ["", "for: 1s, ", "for: 8s, "]), "partition: { \(scope), direction: \(way) }")
            },
            { dice, gateway in
                let scope = dice.one(of: ["gateway: \(gateway)", "fraction: 60%"])
                return (dice.one(of: ["", "for: 9s, "]), "loss: { \(scope), rate: \(dice.whole(1...60))% }")
            },
            { dice, _ in (dice.one(of: ["", "for: 6s, "]), "delay: { add: 300ms, jitter: \(dice.whole(0...900))ms }") },
            { dice, _ in
                (
                    "for: \(dice.whole(2...9))s, ",
                    "congest: { rate: \(dice.whole(1...50))/s, queue: \(dice.whole(1...20)) }"
                )
            },
            { dice, _ in (dice.one(of: ["", "for: 5s, "]), "loseResets: {}") },
            { dice, gateway in
                let kind = dice.one(of: ["changeAddress", "expireNat", "rebindNat", "switchNetwork"])
                let scope = dice.one(of: ["gateway: \(gateway)", "fraction: 30%", "count: 3"])
                guard kind == "switchNetwork" else { return ("", "\(kind): { \(scope) }") }
                let network = dice.one(of: ["", ", network: china-mobile-4g", ", network: slb-90s", ", network: home"])
                let known = dice.one(of: ["true", "false"])
                return ("", "switchNetwork: { \(scope), known: \(known)\(network) }")
            },
        ]

    private static func head(_ dice: inout SwarmDice, seed: UInt64, gateways: Int, duration: Int, _ isDisturbed: Bool)
        -> String
    {
        let via = dice.one(of: ["embedded", "embedded", "client"])
        let isRouted = via == "client" && dice.once(in: 2)
        let ownAlgorithms = isRouted ? routedAlgorithms : clientAlgorithms
        let algorithm = dice.one(of: via == "client" ? ownAlgorithms : algorithms)
        let health = dice.one(of: [
            "passive", "passive", "none", "tcp", "application, interval: 500ms, fall: 2, rise: 1",
        ])
        let rule = dice.one(of: ["repick", "next", "reset"])
        let idle = dice.one(of: ["", "", ", idleTimeout: 90s", ", idleTimeout: 12s", ", idleTimeout: 2500ms"])
        let age = dice.one(of: [
            "", "", "", ", maxAge: 5s", ", maxAge: 4s, maxAgeJitter: 50%", ", heartbeatInterval: 1s",
        ])
        let table = isDisturbed ? dice.one(of: ["", "", ", idleTimeout: 3s", ", idleTimeout: 4s, onIdle: fin"]) : ""
        let duplicate = dice.one(of: duplicates)
        let reconnect = dice.one(of: via == "client" ? reconnects + clientReconnects : reconnects)
        var lines = [
            "name: swarm-\(seed)",
            "sessions: \(dice.whole(1...dice.one(of: [5, 40, 120])))",
            "target:",
            "  gateways: \(gateways)",
            "  via: \(via)",
            "  algorithm: \(algorithm)",
            "  balancer:",
            "    { healthCheck: \(health), connectFailure: \(rule), failTimeout: \(dice.whole(1...20))00ms\(table) }",
            "  gateway: { drain: \(dice.whole(0...3))s\(idle)\(age)\(duplicate.gateway) }",
            "heartbeat: \(dice.one(of: isDisturbed ? heartbeats + kernelHeartbeats : heartbeats))",
            "reconnect: \(duplicate.reconnect ?? reconnect)",
            "accounts: { sessionsPerAccount: \(dice.whole(1...3)) }",
            "establish: { rate: \(dice.one(of: [50, 200, 2000]))/s, timeout: 10s }",
            "duration: \(duration)s",
            "timeScale: \(dice.one(of: ["1", "1", "2", "0.5"]))",
            "seed: \(seed)",
        ]
        if isDisturbed, dice.once(in: 2) { lines.insert("  \(dice.one(of: boxes))", at: 5) }
        if isRouted { lines.insert("  \(dice.one(of: registries))", at: 5) }
        if dice.once(in: 3) { lines.append("churn: \(dice.one(of: churns))") }
        if dice.once(in: 3) {
            let (workload, chance) = dice.one(of: workloads)
            lines.append("workload: { \(workload) }")
            let place = lines.firstIndex { $0.hasPrefix("  gateway:") }
            if let place { lines[place] = lines[place].replacing(" }", with: chance + " }") }
        }
        // Without the dice, which have thrown many a plan already.
        if seed % 4 == 3, let place = lines.firstIndex(where: { $0.hasPrefix("  gateway:") }) {
            let above = seed % 8 == 3 ? 1.01 : 1.3
            lines[place].removeLast(2)
            lines[place] += ", shed: { above: \(above), rate: \(seed % 40 + 1)/s, interval: \(seed % 5 + 1)00ms } }"
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Two groups, in a fifth of the plans.
    private static func groups(_ dice: inout SwarmDice, _ isDisturbed: Bool) -> String {
        guard dice.once(in: 5) else { return "" }
        var overlays = [
            "heartbeat: \(dice.one(of: isDisturbed ? heartbeats + kernelHeartbeats : heartbeats))",
            "reconnect: \(dice.one(of: reconnects))", "churn: \(dice.one(of: churns))",
        ]
        if isDisturbed { overlays.append(dice.one(of: boxes).replacing("middlebox", with: "network")) }
        overlays = overlays.filter { _ in dice.once(in: 2) }
        let share = dice.whole(1...99)
        let rest = overlays.map { ", " + $0 }.joined()
        return "groups: [ { name: a, share: \(share)%\(rest) }, { name: b, share: \(100 - share)% } ]\n"
    }

    private static func faults(_ dice: inout SwarmDice, gateways: Int, duration: Int, _ isDisturbed: Bool) -> [String] {
        var faults: [String] = []
        for action in isDisturbed ? actions + disturbances : actions {
            for _ in 0..<dice.one(of: [0, 0, 1, 3]) {
                let gateway = "\(dice.whole(0...gateways - 1))"
                let (beside, what) = action(&dice, gateway)
                faults.append("  - { at: \(dice.whole(2...duration - 1))s, \(beside)\(what) }")
            }
        }
        return faults
    }

    private static func timeline(_ events: [String]) -> String {
        "timeline:\n" + events.joined(separator: "\n") + "\n"
    }
}
