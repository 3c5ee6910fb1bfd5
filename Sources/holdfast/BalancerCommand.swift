import ArgumentParser
import HoldfastControl
import HoldfastFleet

/// `holdfast balancer`: one agent of a run; `holdfast run` starts it.
struct BalancerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "balancer",
        abstract: "Be the layer-4 balancer of a run (started by `holdfast run`)."
    )

    @OptionGroup var agent: AgentOptions

    func run() async throws {
        try agent.live {
            try runBalancer(controlSocket: agent.control, index: agent.index, incarnation: agent.incarnation)
                .lifeExit
        }
    }
}
