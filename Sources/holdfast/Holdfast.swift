import ArgumentParser

/// The command line: one file a subcommand, one line here for each.
@main
struct Holdfast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast",
        abstract: "Holds long TCP sessions against a fleet of gateways, disturbs them, and judges what happened.",
        subcommands: [
            RunCommand.self,
            SimulateCommand.self,
            ValidateCommand.self,
            CompareCommand.self,
            CapacityCommand.self,
            TraceCommand.self,
            DoctorCommand.self,
            BenchCommand.self,
            BenchPartCommand.self,
            BalancerCommand.self,
            CollectorCommand.self,
            GatewayCommand.self,
            MiddleboxCommand.self,
            RegistryCommand.self,
            WorkerCommand.self,
        ]
    )

    /// Plans that are wrong, flags that are wrong and verdicts end with the codes of `ExitStatus`.
    static func main() async {
        StandardStream.prepare()
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let status as ExitStatus {
            exit(withError: ArgumentParser.ExitCode(status.rawValue))
        } catch {
            exit(withError: error)
        }
    }
}
