import Glibc
import HoldfastResult

/// What this process has used so far and holds now; cheap enough for every report.
public struct AgentUsage: Equatable, Sendable {
    /// User and system CPU time; seconds.
    public var cpuSeconds: Double
    /// Resident set now; bytes.
    public var rssBytes: UInt64
    /// Largest resident set of this very program; bytes. `getrusage` would say at least what its parent had at the
    /// start.
    public var rssPeakBytes: UInt64
    /// Resident memory now that is no file's: what sessions really cost; bytes.
    public var anonymousBytes: UInt64
    /// Descriptors open now.
    public var descriptors: Int

    /// Asks the kernel; what it does not say is 0.
    public static var current: AgentUsage {
        let status = KernelText("/proc/self/status").text
        return AgentUsage(
            cpuSeconds: cpuSeconds,
            rssBytes: kibibytes(in: status, after: "VmRSS:"),
            rssPeakBytes: kibibytes(in: status, after: "VmHWM:"),
            anonymousBytes: kibibytes(in: status, after: "RssAnon:"),
            descriptors: openDescriptors
        )
    }

    /// Writes itself into a report; peaks never fall.
    public func fill(_ harness: inout HarnessReport) {
        harness.cpuSeconds = cpuSeconds
        harness.rssPeakBytes = max(harness.rssPeakBytes, rssPeakBytes)
        harness.fdsPeak = max(harness.fdsPeak, UInt64(descriptors))
        harness.pid = getpid()
    }

    /// Notes what it holds after the cut at `second` of a run whose last one is at `endSecond`.
    public func note(in growth: inout UsageGrowth, second: Int32, endSecond: Int32) {
        let usage = UsageGrowth.Usage(anonymousBytes: anonymousBytes, descriptors: UInt64(descriptors))
        growth.note(usage, second: second, endSecond: endSecond)
    }

    private static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Since Linux 6.2 the directory's size is the number of descriptors; before that it is 0 and they are counted.
    private static var openDescriptors: Int {
        var status = stat()
        if stat("/proc/self/fd", &status) == 0, status.st_size > 0 { return Int(status.st_size) }
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without ".", ".." and the directory itself.
        return max(0, count - 3)
    }

    private static func kibibytes(in text: String, after label: String) -> UInt64 {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) where line.starts(with: label.utf8) {
            return line.reduce(0) { (48...57).contains($1) ? $0 * 10 + UInt64($1 - 48) : $0 } * 1024
        }
        return 0
    }
}
