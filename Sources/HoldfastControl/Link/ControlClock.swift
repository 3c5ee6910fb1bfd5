import Glibc
import HoldfastCore

/// The machine's monotonic clock, for the parts of a run that have no reactor.
public enum ControlClock {
    /// `CLOCK_MONOTONIC`, the clock that every process of a run shares.
    public static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }
}
