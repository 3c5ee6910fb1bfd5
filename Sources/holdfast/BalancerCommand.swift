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

    @Option(help: "Which of the processes that carry its connections; 0 is the balancer itself.")
    var shard = 0

    func validate() throws {
        guard shard >= 0 else { throw ValidationError("--shard is \(shard); expected 0 or more") }
    }

    func run() async throws {
        try agent.live {
            try runBalancer(
                controlSocket: agent.control,
                index: agent.index,
                shard: shard,
                incarnation: agent.incarnation
            )
            .lifeExit
        }
    }
}
