import HoldfastCore
import HoldfastPlan

/// Where the processes of a run take connections over from its balancer: beside the coordinator's socket, whose
/// directory is removed with everything in it when the run is over.
enum PassagePath {
    /// Process `shard` of gateway `index`.
    static func gateway(_ index: Int, shard: Int, _ controlSocket: String) -> String {
        "\(controlSocket).handoff-\(index).\(shard)"
    }

    /// Carrier `shard`, from 1.
    static func carrier(_ shard: Int, _ controlSocket: String) -> String { "\(controlSocket).carrier-\(shard)" }
}

extension ProxyServer.Carriage {
    /// Who has the connections in a live run of `plan`.
    init(_ plan: Plan, _ controlSocket: String) {
        if plan.handsOff {
            self = .gateways(
                paths: (0..<plan.target.gateways).map { gateway in
                    (0..<plan.gatewayProcesses).map { PassagePath.gateway(gateway, shard: $0, controlSocket) }
                }
            )
        } else if plan.balancerCarriers > 0 {
            self = .carriers(paths: (1...plan.balancerCarriers).map { PassagePath.carrier($0, controlSocket) })
        } else {
            self = .own
        }
    }
}
