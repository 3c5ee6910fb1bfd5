import ArgumentParser
import Foundation
import HoldfastFleet

/// What every process of a fleet is told on its command line.
struct FleetOptions: ParsableArguments {
    @Option(help: "The Unix socket on which the run's coordinator listens.")
    var control: String

    @Option(help: "Its number among its kind, from 0.")
    var index: Int

    @Option(help: "How often it was started before.")
    var incarnation: UInt32 = 0

    func validate() throws {
        guard index >= 0 else { throw ValidationError("--index is 0 or more") }
    }

    /// Turns the end of a process into an exit code, and an error into one line.
    func end(as role: String, _ run: () throws -> FleetExit) throws {
        let exit: FleetExit
        do {
            exit = try run()
        } catch {
            FileHandle.standardError.write(Data("holdfast \(role) \(index): \(error)\n".utf8))
            throw ExitStatus.couldNotStart
        }
        if exit == .coordinatorLost { throw ExitStatus.aborted }
    }
}
