/// What a live run is told beside its plan.
public struct RunOptions: Sendable {
    /// Where the run's files go.
    public var directory: String
    /// Where every process pushes its metrics; nil starts the embedded collector.
    public var pushURL: String?
    /// The program that the agents are; nil is the running one.
    public var executable: String?

    /// Options for a run in `directory`.
    public init(directory: String, pushURL: String? = nil, executable: String? = nil) {
        self.directory = directory
        self.pushURL = pushURL
        self.executable = executable
    }
}

/// Why a run could not start: a limit, a port, a component or a right is missing.
public struct StartFailure: Error, Equatable, CustomStringConvertible {
    /// One line: what is missing, and how it can be had.
    public var description: String

    /// A failure that says `description`.
    public init(_ description: String) { self.description = description }
}
