import Foundation

/// One clear line on standard error.
enum Complaint {
    /// Says it.
    static func say(_ line: String) { FileHandle.standardError.write(Data("holdfast: error: \(line)\n".utf8)) }

    /// Says it and returns how the command ends.
    static func print(_ line: String, _ status: ExitStatus) -> ExitStatus {
        say(line)
        return status
    }
}
