/// Why HAProxy could not be used.
public enum HAProxyError: Error, Equatable, CustomStringConvertible, Sendable {
    /// Its configuration file could not be written.
    case cannotWrite(String, errorNumber: Int32)
    /// It ended before it was ready, or while it was needed; with what it said last.
    case ended(ExitStatus, message: String)
    /// It is not installed.
    case missing
    /// It does not answer on its statistics socket.
    case noAnswer(String)
    /// Not every gateway passed its health check in time: ids and what HAProxy says about them.
    case notReady([Int], message: String)
    /// It refuses the configuration; with its own words.
    case refused(message: String)
    /// It could not be started.
    case spawn(SpawnError)

    /// One line for people.
    public var description: String {
        switch self {
        case .cannotWrite(let path, let error): "cannot write \(path): \(systemMessage(error))"
        case .ended(let status, let message): "HAProxy has ended with \(status)" + Self.quoted(message)
        case .missing: "HAProxy is neither in PATH nor in /usr/sbin; install the Debian package haproxy"
        case .noAnswer(let reason): "HAProxy does not tell its statistics: \(reason)"
        case .notReady(let gateways, let message):
            "HAProxy does not reach every gateway: \(gateways.count) missing" + Self.quoted(message)
        case .refused(let message): "HAProxy refuses its configuration" + Self.quoted(message)
        case .spawn(let error): error.description
        }
    }

    private static func quoted(_ message: String) -> String { message.isEmpty ? "" : ": \(message)" }
}
