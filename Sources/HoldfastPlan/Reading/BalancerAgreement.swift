import HoldfastCore

/// Which balancer has which of the settings beside its algorithm.
extension SectionReader {
    /// Real balancers have a clock for both directions, and say goodbye with a FIN when it runs out.
    mutating func agreeOnIdleness(_ target: Target, _ root: PlanNode) {
        let settings = target.balancer
        if settings.idleTimeout != nil, target.via.isForeign, settings.onIdle != .fin {
            let found = "`onIdle: \(settings.onIdle.rawValue)` with `via: \(target.via.rawValue)`"
            let place = root.place(of: "target", "balancer", "onIdle")
            reader.refuse(at: place, found: found, expected: "`onIdle: fin`")
        }
    }

    /// How cold gateways are warmed up, and when one is full.
    mutating func agreeOnWhoIsTaken(_ target: Target, _ root: PlanNode) {
        let settings = target.balancer
        let asked = [("slowStart", settings.slowStart != nil), ("maxConnections", settings.maxConnections != nil)]
        for (key, isAsked) in asked where isAsked {
            let place = root.place(of: "target", "balancer", key)
            let found = "`\(key)` with `via: \(target.via.rawValue)`"
            switch (target.via, key) {
            case (.haproxy, "maxConnections"):
                let why = ", which lets clients wait for a gateway that has room"
                reader.refuse(at: place, found: found + why, expected: "`via: embedded` or `via: nginx`")
            case (.haproxy, "slowStart") where !target.algorithm.hasMovingWeights:
                let why = " and `algorithm: \(target.algorithm.rawValue)`, whose weights stand still there"
                reader.refuse(at: place, found: found + why, expected: "another algorithm or `via: embedded`")
            case (.nginx, "slowStart"):
                let why = ", whose open version warms nobody up"
                reader.refuse(at: place, found: found + why, expected: "`via: embedded` or `via: haproxy`")
            default: break
            }
        }
    }
}

extension BalancingAlgorithm {
    /// Whether HAProxy can change the weight of a server while it runs: not in a static map.
    fileprivate var hasMovingWeights: Bool { self != .first && self != .sourceHash }
}
