import CHoldfastSpawn

/// How a child ended.
public enum ExitStatus: Hashable, CustomStringConvertible, Sendable {
    /// It exited with this code.
    case code(Int32)
    /// Somebody else reaped it, so nobody knows.
    case lost
    /// This signal ended it.
    case signal(Int32)

    init(_ exit: hf_exit) {
        if exit.lost {
            self = .lost
        } else {
            self = exit.signalled ? .signal(exit.status) : .code(exit.status)
        }
    }

    /// "exit code 1", "signal 9".
    public var description: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .lost: "unknown exit status"
        case .signal(let number): "signal \(number)"
        }
    }
}
