import Glibc

/// Where a child's standard output or error goes.
public enum ChildOutput: Equatable, Sendable {
    /// Nowhere.
    case discard
    /// To the end of a file, made when there is none.
    case file(String)
    /// Where this process's own goes.
    case inherit

    struct Descriptor {
        let number: Int32
        let isOwned: Bool

        func close() {
            if isOwned { Glibc.close(number) }
        }
    }

    func open(inherited: Int32) throws(SpawnError) -> Descriptor {
        switch self {
        case .discard: return try Self.open("/dev/null")
        case .file(let path): return try Self.open(path)
        case .inherit: return Descriptor(number: inherited, isOwned: false)
        }
    }

    private static func open(_ path: String) throws(SpawnError) -> Descriptor {
        let number = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard number >= 0 else { throw .cannotOpen(path, errorNumber: errno) }
        return Descriptor(number: number, isOwned: true)
    }
}
