/// One clear line on standard error.
enum Complaint {
    /// Says it.
    static func say(_ line: String) { StandardStream.complain("holdfast: error: \(line)\n") }

    /// Says it and returns how the command ends.
    static func print(_ line: String, _ status: ExitStatus) -> ExitStatus {
        say(line)
        return status
    }
}
