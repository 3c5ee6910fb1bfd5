import Glibc

/// What this machine and process allow a run.
public struct SystemLimits: Equatable, Sendable {
    /// Descriptors that this process may open now.
    public let descriptorsSoft: Int
    /// Descriptors up to which it, and every child, may raise that by itself.
    public let descriptorsHard: Int
    /// The longest accept queue the kernel grants a listener.
    public let acceptQueue: Int
    /// Connections of one listener that may be in their handshake; nil where the kernel answers any number of them
    /// with cookies.
    public let handshakes: Int?
    /// Bytes of memory.
    public let memoryTotalBytes: Int
    /// Bytes of memory that can be had without swapping.
    public let memoryAvailableBytes: Int
    /// Files that all processes together may have open, and have.
    public let files: Share
    /// Connections that the kernel's tracking may remember, and does; nil where it is not loaded.
    public let trackedConnections: Share?

    /// What may be used of something, and what is.
    public struct Share: Equatable, Sendable {
        /// All there is.
        public var limit: Int
        /// What is used already.
        public var used: Int

        /// What is left, never below 0.
        public var left: Int { max(0, limit - used) }
    }

    /// The limits at this moment.
    public static func current() -> SystemLimits {
        let descriptors = descriptorLimit()
        let memory = TextFile.read("/proc/meminfo") ?? ""
        let queue = TextFile.read("/proc/sys/net/core/somaxconn")
        return SystemLimits(
            descriptorsSoft: clamped(descriptors.rlim_cur),
            descriptorsHard: clamped(descriptors.rlim_max),
            acceptQueue: queue.flatMap(number) ?? 128,
            handshakes: handshakes(
                cookies: TextFile.read("/proc/sys/net/ipv4/tcp_syncookies") ?? "",
                backlog: TextFile.read("/proc/sys/net/ipv4/tcp_max_syn_backlog") ?? ""
            ),
            memoryTotalBytes: bytes(of: "MemTotal", in: memory) ?? 0,
            memoryAvailableBytes: bytes(of: "MemAvailable", in: memory) ?? 0,
            files: files(TextFile.read("/proc/sys/fs/file-nr") ?? "") ?? Share(limit: .max, used: 0),
            trackedConnections: trackedConnections()
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

    /// The three numbers of `/proc/sys/fs/file-nr`: open, free, and the most there may be.
    static func files(_ text: String) -> Share? {
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) }
        guard numbers.count == 3 else { return nil }
        return Share(limit: Int(clamping: numbers[2]), used: Int(clamping: numbers[0]))
    }

    /// From the kernel's two settings: cookies are 0 for never, 1 for when the backlog is full, 2 for always.
    static func handshakes(cookies: String, backlog: String) -> Int? { number(cookies) == 0 ? number(backlog) : nil }

    private static func trackedConnections() -> Share? {
        let directory = "/proc/sys/net/netfilter/nf_conntrack"
        guard let limit = TextFile.read("\(directory)_max").flatMap(number),
            let used = TextFile.read("\(directory)_count").flatMap(number)
        else { return nil }
        return Share(limit: limit, used: used)
    }

    private static func number(_ text: String) -> Int? { Int(text.filter { !$0.isWhitespace }) }

    private static func descriptorLimit() -> rlimit {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return limit
    }

    /// "Unlimited" is more than an `Int` holds.
    private static func clamped(_ value: rlim_t) -> Int { Int(clamping: value) }
}
