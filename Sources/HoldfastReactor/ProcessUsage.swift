import CHoldfastLinux
import Glibc

/// What this process has used so far.
public struct ProcessUsage: Equatable, Sendable {
    /// User and system CPU time; seconds.
    public var cpuSeconds: Double
    /// Largest resident set; bytes.
    public var residentPeakBytes: UInt64

    /// Asks the kernel.
    public static var current: ProcessUsage {
        var nanoseconds: Int64 = 0
        var bytes: UInt64 = 0
        holdfast_usage(&nanoseconds, &bytes)
        return ProcessUsage(cpuSeconds: Double(nanoseconds) / 1e9, residentPeakBytes: bytes)
    }

    /// Resident anonymous memory now, in bytes: what sessions really cost. Nil when /proc does not say.
    public static var anonymousBytes: UInt64? {
        number(in: "/proc/self/status", after: "RssAnon:").map { $0 * 1024 }
    }

    /// The start of the range of ports that the kernel gives out by itself.
    public static var firstEphemeralPort: UInt16? {
        number(in: "/proc/sys/net/ipv4/ip_local_port_range", after: "").flatMap(UInt16.init(exactly:))
    }

    /// Descriptors open now. It lists a directory: for starts and ends, not for every second of a large process.
    public static var openDescriptors: Int {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without ".", ".." and the directory itself.
        return max(0, count - 3)
    }

    /// Lets a write to a connection that is gone fail instead of ending the process; once, before other threads start.
    public static func ignoreBrokenPipes() { holdfast_ignore_sigpipe() }

    /// The first number after `label` in a small file of the kernel.
    private static func number(in path: String, after label: String) -> UInt64? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let text = withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { bytes in
            let count = read(descriptor, bytes.baseAddress, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
        for line in text.split(separator: "\n") where line.hasPrefix(label) {
            let digits = line.dropFirst(label.count).drop { !$0.isNumber }.prefix { $0.isNumber }
            return UInt64(digits)
        }
        return nil
    }
}
