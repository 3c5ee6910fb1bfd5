import Glibc

/// What this machine allows.
public enum Host {
    /// The start of the range of ports that the kernel gives out by itself; nil when /proc does not say.
    public static var firstEphemeralPort: UInt16? {
        let descriptor = open("/proc/sys/net/ipv4/ip_local_port_range", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let text = withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { bytes in
            let count = read(descriptor, bytes.baseAddress, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
        return text.split(whereSeparator: \.isWhitespace).first.flatMap { UInt16($0) }
    }

    /// Raises this process's limit of open descriptors to its hard limit, and returns the limit.
    public static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return 1024 }
        let soft = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        let isRaised = setrlimit(resource, &limit) == 0
        return Int(clamping: isRaised ? limit.rlim_max : soft)
    }
}
