import Glibc
import HoldfastCore

/// The machine's monotonic clock, on which every process of a run agrees.
enum MonotonicClock {
    static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Blocks the calling thread for `span`, less than a second.
    static func pause(_ span: Span) {
        var request = timespec(tv_sec: 0, tv_nsec: Int(span.nanoseconds))
        nanosleep(&request, nil)
    }

    /// Suspends for `span`, even in a cancelled task: clean-up waits there, and its waits are bounded anyway.
    static func rest(_ span: Span) async {
        await Task.detached { try? await Task.sleep(nanoseconds: UInt64(span.nanoseconds)) }.value
    }
}

/// What the operating system says about an error number.
func systemMessage(_ error: Int32) -> String { String(cString: strerror(error)) }
