import HoldfastPlan

/// Who has the connections of the clients that a balancer picks gateways for.
enum Carriage {
    /// The balancer.
    case own
    /// Its carriers, which take them over at these paths.
    case carriers(paths: [String])
    /// The gateways: the first `processes` paths are those of gateway 0, and so on.
    case gateways(paths: [String], processes: Int)

    /// Where connections are taken over.
    var paths: [String] {
        switch self {
        case .own: []
        case .carriers(let paths), .gateways(let paths, _): paths
        }
    }
}

extension Carriage {
    /// Who has the connections in a live run of `plan`.
    init(_ plan: Plan, _ controlSocket: String) {
        if plan.handsOff {
            let paths = (0..<plan.mostGateways).flatMap { gateway in
                (0..<plan.gatewayProcesses).map { PassagePath.gateway(gateway, shard: $0, controlSocket) }
            }
            self = .gateways(paths: paths, processes: plan.gatewayProcesses)
        } else if plan.balancerCarriers > 0 {
            self = .carriers(paths: (1...plan.balancerCarriers).map { PassagePath.carrier($0, controlSocket) })
        } else {
            self = .own
        }
    }
}
