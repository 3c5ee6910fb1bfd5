import Glibc
import HoldfastCore

/// A private directory with a path short enough for Unix sockets (107 bytes), removed when the janitor ends.
public struct SocketDirectory: Sendable {
    /// Its absolute path.
    public let path: String

    /// Makes `<janitor's root>/holdfast-<16 hex digits>`, accessible to this user only.
    public init(janitor: Janitor) throws(SocketDirectoryError) {
        var generator = SystemRandomNumberGenerator()
        let path = "\(janitor.directoryRoot)/holdfast-\(hex16(generator.next()))"
        do {
            try janitor.removeAtEnd(path)
        } catch {
            throw .janitor(error)
        }
        guard mkdir(path, 0o700) == 0 else { throw .cannotMake(path, errorNumber: errno) }
        self.path = path
    }

    /// The path of a socket or file in it.
    public func path(of name: String) -> String { "\(path)/\(name)" }
}

/// Why a socket directory could not be made.
public enum SocketDirectoryError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The file system refused it.
    case cannotMake(String, errorNumber: Int32)
    /// The janitor cannot remove it, so it is not made.
    case janitor(JanitorError)

    /// One line for people.
    public var description: String {
        switch self {
        case .cannotMake(let path, let error): "cannot make directory \(path): \(systemMessage(error))"
        case .janitor(let error): error.description
        }
    }
}
