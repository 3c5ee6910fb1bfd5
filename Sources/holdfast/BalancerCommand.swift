import ArgumentParser
import HoldfastFleet

/// `holdfast balancer`: the layer-4 proxy of a run's fleet; the coordinator starts it.
struct BalancerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "balancer",
        abstract: "Balances connections over the gateways of a run. Started by `holdfast run`."
    )

    @OptionGroup var agent: FleetOptions

    func run() throws {
        try agent.end(as: "balancer") {
            try runBalancer(controlSocket: agent.control, index: agent.index, incarnation: agent.incarnation)
        }
    }
}
