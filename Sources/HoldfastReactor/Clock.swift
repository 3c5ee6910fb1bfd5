import CHoldfastLinux
import HoldfastCore

/// The machine's monotonic clock, the one that every process of a run shares.
public enum Clock {
    /// `CLOCK_MONOTONIC`.
    @inlinable
    public static var now: Instant { Instant(nanoseconds: holdfast_monotonic_nanoseconds()) }
}
