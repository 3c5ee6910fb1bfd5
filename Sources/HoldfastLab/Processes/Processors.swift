import CHoldfastSpawn
import Glibc
import HoldfastCore

/// The processors of this machine that a process may use.
public struct Processors: Equatable, Sendable {
    /// Their numbers, ascending.
    public let numbers: [Int32]

    /// These processors.
    public init(_ numbers: [Int32]) { self.numbers = numbers }

    /// Those that this process may use.
    public static var available: Processors {
        var numbers = [Int32](repeating: 0, count: 1_024)
        let count = hf_processors(&numbers, Int32(numbers.count))
        return Processors(Array(numbers.prefix(max(0, Int(count)))))
    }

    /// The last one alone, and all others; nil where there is only one.
    public var divided: (last: Processors, others: Processors)? {
        guard numbers.count > 1 else { return nil }
        return (Processors(Array(numbers.suffix(1))), Processors(Array(numbers.dropLast())))
    }
}

extension ChildProcess {
    /// Keeps its first thread, and what that starts from now on, on `processors`.
    public func pin(to processors: Processors) throws {
        let code = hf_pin(pid, processors.numbers, Int32(processors.numbers.count))
        guard code == 0 else { throw PinError(errorNumber: -code) }
    }
}

/// Why a process could not be kept on some processors.
public struct PinError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The kernel's reason.
    public let errorNumber: Int32

    /// One line for people.
    public var description: String { "cannot choose a process's processors: \(systemMessage(errorNumber))" }
}
