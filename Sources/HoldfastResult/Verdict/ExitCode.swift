/// What a `holdfast` process exits with.
public enum ExitCode: Int32, CaseIterable, Sendable {
    /// Everything that was expected came true.
    case pass = 0
    /// The command line is wrong.
    case usage = 64
    /// An expectation failed.
    case expectationFailed = 99
    /// The plan is wrong.
    case planInvalid = 104
    /// Ended by a signal.
    case aborted = 105
    /// A limit, a port, a component or a right is missing.
    case couldNotStart = 106
    /// A mistake of Holdfast's own.
    case internalError = 109
    /// The harness was late, lost a worker, or had no data: nothing can be said about the target.
    case invalidRun = 111
}
