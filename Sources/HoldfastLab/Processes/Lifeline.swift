import CHoldfastSpawn
import Glibc
import HoldfastCore

/// A pipe whose read end children inherit and whose write end only this process holds.
///
/// A child that reads its end of file knows that the coordinator is gone, or let go of it, and ends itself. It is the
/// gentle half; the janitor is the other one, for children that are stopped or foreign.
public final class Lifeline: Sendable {
    /// The environment variable that tells a child its descriptor's number.
    public static let environmentVariable = "HOLDFAST_LIFELINE"
    /// The number of the read end in every child that inherits it.
    public static let childDescriptor: Int32 = 3

    let readEnd: Int32
    private let writeEnd: Int32

    /// Makes the pipe; fails with the error number when descriptors are short.
    public init() throws(LifelineError) {
        var ends: [Int32] = [-1, -1]
        guard hf_pipe(&ends) == 0 else { throw LifelineError(errorNumber: errno) }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    /// Letting go of the lifeline tells every child that holds it.
    deinit {
        close(readEnd)
        close(writeEnd)
    }
}

/// No pipe could be had.
public struct LifelineError: Error, Equatable, CustomStringConvertible, Sendable {
    /// What the system said.
    public let errorNumber: Int32

    /// One line for people.
    public var description: String { "cannot make a lifeline pipe: \(systemMessage(errorNumber))" }
}
