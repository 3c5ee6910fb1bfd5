import ArgumentParser
import HoldfastControl
import HoldfastWorker

/// `holdfast worker`: one agent of a run; `holdfast run` starts it.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Hold a share of a run's sessions (started by `holdfast run`)."
    )

    @OptionGroup var agent: AgentOptions

    func run() async throws {
        try agent.live { try Worker.run(socketPath: agent.control, index: agent.index, incarnation: agent.incarnation) }
    }
}
