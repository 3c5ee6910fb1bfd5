import ArgumentParser
import Foundation
import HoldfastControl

/// What every agent of a run is told on its command line.
struct AgentOptions: ParsableArguments {
    @Option(help: "Path of the coordinator's Unix socket.")
    var control: String

    @Option(help: "The agent's number among its kind, from 0.")
    var index: Int

    @Option(help: "How often it was restarted.")
    var incarnation: UInt32 = 0

    func validate() throws {
        guard index >= 0 else { throw ValidationError("--index is \(index); expected 0 or more") }
    }

    /// Lives an agent's life: ends with the coordinator, and says in one line why it could not start.
    func live(_ life: () throws -> LifeExit) throws {
        signal(SIGPIPE, SIG_IGN)
        // The coordinator ends its agents; a Ctrl-C in its terminal is the coordinator's to hear.
        signal(SIGINT, SIG_IGN)
        do {
            _ = try Lifeline.watchInherited()
            if try life() == .coordinatorLost { throw ExitStatus.aborted }
        } catch let status as ExitStatus {
            throw status
        } catch {
            StandardStream.complain("error: \(error)\n")
            throw ExitStatus.couldNotStart
        }
    }
}
