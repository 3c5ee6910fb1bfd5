import Glibc

/// What this machine and process allow a run.
public struct SystemLimits: Equatable, Sendable {
    /// Descriptors that this process may open now.
    public let descriptorsSoft: Int
    /// Descriptors up to which it, and every child, may raise that by itself.
    public let descriptorsHard: Int
    /// The longest accept queue the kernel grants a listener.
    public let acceptQueue: Int
    /// Bytes of memory.
    public let memoryTotalBytes: Int
    /// Bytes of memory that can be had without swapping.
    public let memoryAvailableBytes: Int

    /// The limits at this moment.
    public static func current() -> SystemLimits {
        let descriptors = descriptorLimit()
        let memory = TextFile.read("/proc/meminfo") ?? ""
        let queue = TextFile.read("/proc/sys/net/core/somaxconn")
        return SystemLimits(
            descriptorsSoft: clamped(descriptors.rlim_cur),
            descriptorsHard: clamped(descriptors.rlim_max),
            acceptQueue: queue.flatMap { Int($0.filter { !$0.isWhitespace }) } ?? 128,
            memoryTotalBytes: bytes(of: "MemTotal", in: memory) ?? 0,
            memoryAvailableBytes: bytes(of: "MemAvailable", in: memory) ?? 0
        )
    }

    /// Raises the soft descriptor limit of this process, and of the children it starts from now on, to the hard one.
    ///
    /// - Returns: The limit that holds afterwards.
    @discardableResult
    public static func raiseDescriptors() -> Int {
        var limit = descriptorLimit()
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return clamped(descriptorLimit().rlim_cur)
    }

    /// A line `name: <number> kB` of `/proc/meminfo`, in bytes.
    static func bytes(of name: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix("\(name):") {
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count == 3, fields[2] == "kB", let kibibytes = Int(fields[1]) else { return nil }
            return kibibytes * 1024
        }
        return nil
    }

    private static func descriptorLimit() -> rlimit {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return limit
    }

    /// "Unlimited" is more than an `Int` holds.
    private static func clamped(_ value: rlim_t) -> Int { Int(clamping: value) }
}
