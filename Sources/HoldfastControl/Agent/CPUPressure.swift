import Glibc
import HoldfastCore
import HoldfastResult

/// How far one thread gets less CPU than it could use, as the kernel's scheduler counts it.
///
/// A gateway has no timers whose lateness would show that its machine is overloaded, and an answer that waited for a
/// CPU is not a slow answer. Stopped processes do not wait, so a frozen gateway is not one that had too little CPU.
public struct CPUPressure: Sendable {
    /// How long it waited each time it could run, by time slice: the mean of the slices between two samples stands for
    /// each of them; real seconds. Empty where the kernel counts nothing.
    public private(set) var wait = Histogram()
    /// Real seconds between samples in which it was never idle: it ran, or waited for a CPU.
    public private(set) var saturatedSeconds = 0.0

    private var last: Reading?
    private var lastSample: Instant

    /// Ran and waited for this part of the time at least: what is left is the kernel's rounding.
    private static let saturation = 0.95

    /// Counts from `now` on, on the calling thread.
    public init(now: Instant) {
        lastSample = now
        last = Reading.current
    }

    /// Takes what came since the last sample; on the same thread every time, about once a second.
    public mutating func sample(now: Instant) {
        guard let reading = Reading.current else { return }
        defer { (last, lastSample) = (reading, now) }
        guard let last else { return }
        let waited = Double(reading.waitedNanoseconds - last.waitedNanoseconds) / 1e9
        let ran = Double(reading.ranNanoseconds - last.ranNanoseconds) / 1e9
        let slices = reading.slices - last.slices
        if slices > 0 { wait.record(waited / Double(slices), times: slices) }
        let elapsed = (now - lastSample).seconds
        if ran + waited >= CPUPressure.saturation * elapsed { saturatedSeconds += elapsed }
    }

    /// Writes itself into a report.
    public func fill(_ harness: inout HarnessReport) {
        harness.cpuWait = wait
        harness.cpuSaturatedSeconds = saturatedSeconds
    }

    /// What the kernel says of the calling thread, since it began.
    private struct Reading {
        var ranNanoseconds: UInt64
        var waitedNanoseconds: UInt64
        var slices: UInt64

        /// Nil where the kernel was built without it.
        static var current: Reading? {
            let words = KernelText("/proc/thread-self/schedstat").text.split(whereSeparator: \.isWhitespace)
            let numbers = words.compactMap { UInt64($0) }
            guard numbers.count == 3 else { return nil }
            return Reading(ranNanoseconds: numbers[0], waitedNanoseconds: numbers[1], slices: numbers[2])
        }
    }
}
