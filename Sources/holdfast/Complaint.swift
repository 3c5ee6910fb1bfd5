import HoldfastCoordinator

/// One clear line on standard error.
enum Complaint {
    /// Says it.
    static func say(_ line: String) { StandardStream.complain("holdfast: error: \(line)\n") }

    /// Says it and returns how the command ends.
    static func print(_ line: String, _ status: ExitStatus) -> ExitStatus {
        say(line)
        return status
    }

    /// Carries out what a command comes to; what keeps it from that is said, and how the command ends.
    static func told<Value>(_ work: () throws -> Value) throws(ExitStatus) -> Value {
        do { return try work() } catch { throw status(of: error) }
    }

    /// The same for what has to be waited for.
    static func toldAsync<Value>(_ work: () async throws -> Value) async throws(ExitStatus) -> Value {
        do { return try await work() } catch { throw status(of: error) }
    }

    private static func status(of error: any Error) -> ExitStatus {
        let isStart = error is StartFailure
        return print("\(error)", isStart ? .couldNotStart : .internalError)
    }
}
