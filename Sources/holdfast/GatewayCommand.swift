import ArgumentParser
import HoldfastFleet

/// `holdfast gateway`: one gateway of a run's fleet; the coordinator starts it.
struct GatewayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Serves sessions as one gateway of a run. Started by `holdfast run`."
    )

    @OptionGroup var agent: FleetOptions

    func run() throws {
        try agent.end(as: "gateway") {
            try runGateway(controlSocket: agent.control, index: agent.index, incarnation: agent.incarnation)
        }
    }
}
