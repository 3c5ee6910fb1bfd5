/// How a command ends: every exit code of the program, in one place.
///
/// A command throws one; usage errors are raised by the argument parser.
enum ExitStatus: Int32, Error, CaseIterable {
    /// Everything asked for holds.
    case pass = 0
    /// The command line is wrong (`EX_USAGE`).
    case usage = 64
    /// An expectation failed.
    case expectationFailed = 99
    /// A plan is wrong.
    case planInvalid = 104
    /// A signal ended the run.
    case aborted = 105
    /// A limit, a port, a component or a right is missing.
    case couldNotStart = 106
    /// Holdfast itself is at fault.
    case internalError = 109
    /// What was measured cannot be trusted, or was not measured.
    case invalidRun = 111
}
