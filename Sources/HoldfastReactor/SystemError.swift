import Glibc

/// A system call that failed, in a place where the process cannot go on without it.
public struct SystemError: Error, Equatable, CustomStringConvertible {
    /// Such as `listen on 127.1.0.1:40000`.
    public var call: String
    /// errno.
    public var code: Int32

    /// The failure of `call`.
    public init(call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    /// Such as `listen on 127.1.0.1:40000: Address already in use`.
    public var description: String { "\(call): \(String(cString: strerror(code)))" }
}
