import CHoldfastLinux
import Glibc

/// How another thread makes the reactor call its driver's `woken`; any number of wakes before the call are one.
public final class Waker: Sendable {
    let descriptor: Int32

    /// A waker for the reactor that is made with it; wakes before that are not lost.
    public init() throws(SystemError) {
        descriptor = holdfast_eventfd()
        guard descriptor >= 0 else { throw SystemError(call: "eventfd", code: -descriptor) }
    }

    deinit { close(descriptor) }

    /// Wakes the reactor up, now or, when it is busy, after the call that it is in. From any thread.
    public func wake() {
        var one: UInt64 = 1
        // A full counter is a wake that is still on its way.
        _ = write(descriptor, &one, 8)
    }

    func drain() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}
