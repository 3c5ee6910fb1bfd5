import ArgumentParser
import HoldfastFleet

/// `holdfast registry`: one agent of a run; `holdfast run` starts it.
struct RegistryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry",
        abstract: "Be the registry of a run's fleet (started by `holdfast run`)."
    )

    @OptionGroup var agent: AgentOptions

    func run() async throws {
        try agent.live {
            try runRegistry(controlSocket: agent.control, index: agent.index, incarnation: agent.incarnation) { url in
                StandardStream.complain("listens on \(url)\n")
            }
            .lifeExit
        }
    }
}
