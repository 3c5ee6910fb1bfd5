import Foundation
import HoldfastPlan

/// Plans and places that several tests use.
enum PlanSamples {
    /// The shortest plan.
    static let smallest = "name: t\nsessions: 100\ntarget: { gateways: 2 }\n"

    /// A plan with every key of this version and no default.
    static let fullest = """
        name: full-plan_1.0
        sessions: 5000
        target:
          gateways: 6
          via: haproxy
          algorithm: least-connections
          crowd: 4
          balancer: { healthCheck: none, failTimeout: 250ms, connectFailure: next }
          gateway: { drain: 1h, idleTimeout: 1m15s }
        connect: { timeout: 1s500ms, loginTimeout: 2s }
        heartbeat: { strategy: fixed, interval: 3s, first: after, misses: 5, timeout: 2500ms, payload: 4KiB }
        reconnect:
          { policy: exponential, base: 0.1s, cap: 1m, jitter: decorrelated, maxAttempts: 9, maxElapsed: 2h,
            onFailure: stay }
        churn: { lifetime: { distribution: fixed, mean: 5m } }
        establish: { rate: 45000/m, timeout: 2m }
        duration: 10m
        timeScale: 2.5
        seed: 9007199254740991
        workers: 3
        excludedPorts: [9000, 80, 80]
        rebalance: { band: 5% }
        defaults: [admitted]
        timeline:
          - { at: 9s, phase: late, drop: { fraction: 12.5%, by: vanish, return: 0s } }
          - { at: 1s, drop: { gateways: all, count: 7, by: reset, side: gateway, return: 250ms } }
          - { at: 2s, for: 3s, phase: first, freeze: { gateways: [3, 1] } }
          - { at: 6s, for: 1m, kill: { gateway: 0 } }
          - { at: 9s, phase: late, restart: { gateway: 2, how: kill, down: 0s } }
          - { at: 3m, phase: rolling, rollingRestart: { gateways: [5, 4], down: 10s, every: 20s } }
        expect:
          - imbalance.maxOverMean{phase=first|late} max <= 135%
          - "outageSeconds{fault!=0} p999 in 0.5s..2m   "
          - 'restore.seconds99{fault=3} != never'

        """

    /// The text of a plan of the repository.
    static func text(ofRepositoryPlan name: String) throws -> String {
        try String(contentsOf: directory.appending(path: name), encoding: .utf8)
    }

    /// The plans of the repository, by file name.
    static let repositoryPlans: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: directory.path())
        return (names ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    private static let directory = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Plans")
}
