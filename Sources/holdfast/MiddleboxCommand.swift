import ArgumentParser
import HoldfastFleet

/// `holdfast middlebox`: one agent of a run; `holdfast run` starts it.
struct MiddleboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "middlebox",
        abstract: "Be the NAT or firewall before a run's fleet (started by `holdfast run`)."
    )

    @OptionGroup var agent: AgentOptions

    func run() async throws {
        try agent.live {
            try runMiddlebox(controlSocket: agent.control, index: agent.index, incarnation: agent.incarnation)
                .lifeExit
        }
    }
}
