import Glibc
import HoldfastCore

/// The machine's monotonic clock; retries are timed by it.
func monotonicNow() -> Instant { Instant(nanoseconds: Int64(nanoseconds(of: CLOCK_MONOTONIC))) }

/// Nanoseconds since 1970 by the machine's wall clock; only for the timestamps of metrics, which other machines
/// compare.
func wallClockNanoseconds() -> UInt64 { nanoseconds(of: CLOCK_REALTIME) }

private func nanoseconds(of clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
