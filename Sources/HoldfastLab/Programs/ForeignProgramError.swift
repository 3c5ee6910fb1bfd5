import HoldfastCore

/// Why somebody else's program could not be used.
public struct ForeignProgramError: Error, Equatable, CustomStringConvertible, Sendable {
    /// What went wrong.
    public enum Reason: Equatable, Sendable {
        /// Its configuration file could not be written.
        case cannotWrite(String, errorNumber: Int32)
        /// It ended before it was ready, or while it was needed; with what it said last.
        case ended(ExitStatus, message: String)
        /// One of its processes has ended.
        case lostWorker
        /// It is not installed.
        case missing
        /// It does not tell its statistics.
        case noAnswer(String)
        /// Not every gateway passed its health check in time: ids and what it says about them.
        case notReady([Int], message: String)
        /// It does not take connections in time.
        case notListening
        /// Its new processes were not there after this long.
        case notReloaded(Span)
        /// It refuses the configuration; with its own words.
        case refused(message: String)
        /// Somebody has stopped one of its processes.
        case stopped
        /// It could not be started.
        case spawn(SpawnError)
        /// It was not healthy after this long.
        case unhealthy(Span)
    }

    /// Whose.
    public var program: ForeignProgram
    /// Why.
    public var reason: Reason

    /// `program` could not be used because of `reason`.
    public init(_ program: ForeignProgram, _ reason: Reason) {
        self.program = program
        self.reason = reason
    }

    /// One line for people.
    public var description: String {
        switch reason {
        case .cannotWrite(let path, let error): "cannot write \(path): \(systemMessage(error))"
        case .ended(let status, let message): "\(program.name) has ended with \(status)" + Self.quoted(message)
        case .lostWorker: "a worker of \(program.name) has ended"
        case .missing: program.advice
        case .noAnswer(let reason): "\(program.name) does not tell its statistics: \(reason)"
        case .notReady(let gateways, let message):
            "\(program.name) does not reach every gateway: \(gateways.count) missing" + Self.quoted(message)
        case .notListening: "\(program.name) does not take connections"
        case .notReloaded(let limit): "\(program.name) has not begun anew within \(limit.seconds) s"
        case .refused(let message): "\(program.name) refuses its configuration" + Self.quoted(message)
        case .spawn(let error): error.description
        case .stopped: "a process of \(program.name) is stopped"
        case .unhealthy(let limit): "\(program.name) was not healthy after \(limit.seconds) s"
        }
    }

    private static func quoted(_ message: String) -> String { message.isEmpty ? "" : ": \(message)" }
}
