import Dispatch
import HoldfastCore

/// Wakes a blocking wait up from another thread; rings before the wait count, any number of them as one.
final class Bell: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private static let longestWait = Span.seconds(60)

    func ring() { semaphore.signal() }

    /// Waits for a ring until `deadline`, but never longer than a minute: a caller looks around and waits again.
    func wait(until deadline: Instant) {
        let remaining = min(max(deadline - ControlClock.now, .zero), Bell.longestWait)
        guard semaphore.wait(timeout: .now() + .nanoseconds(Int(remaining.nanoseconds))) == .success else { return }
        while semaphore.wait(timeout: .now()) == .success {}
    }
}
