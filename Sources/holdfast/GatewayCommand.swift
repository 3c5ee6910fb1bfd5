import ArgumentParser
import HoldfastControl
import HoldfastFleet

/// `holdfast gateway`: one agent of a run; `holdfast run` starts it.
struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Be one gateway of a run's fleet (started by `holdfast run`)."
    )

    @OptionGroup var agent: AgentOptions

    @Option(help: "Its number among the processes that are this gateway together.")
    var shard = 0

    func validate() throws {
        guard shard >= 0 else { throw ValidationError("--shard is \(shard); expected 0 or more") }
    }

    func run() async throws {
        try agent.live {
            try runGateway(
                controlSocket: agent.control,
                index: agent.index,
                shard: shard,
                incarnation: agent.incarnation
            )
            .lifeExit
        }
    }
}

extension FleetExit {
    /// The same for every kind of agent.
    var lifeExit: LifeExit { self == .coordinatorLost ? .coordinatorLost : .finished }
}
