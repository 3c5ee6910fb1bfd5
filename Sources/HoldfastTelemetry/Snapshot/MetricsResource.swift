/// Which process of which run a batch of metrics comes from.
public struct MetricsResource: Hashable, Sendable {
    /// The run's id.
    public var run: UInt64
    /// The plan's name.
    public var plan: String
    /// The kind of process, such as `worker`.
    public var role: String
    /// Its number among its kind, 0-based; a restarted process keeps it.
    public var index: Int
    /// Its number among the processes that are one gateway together, 0-based.
    public var shard: Int
    /// The version of the executable.
    public var version: String

    /// A resource from its parts.
    public init(run: UInt64, plan: String, role: String, index: Int, shard: Int = 0, version: String) {
        self.run = run
        self.plan = plan
        self.role = role
        self.index = index
        self.shard = shard
        self.version = version
    }

    /// 16 hex digits.
    public var runText: String {
        let digits = String(run, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// `<run>-<role>-<index>`, and `.<shard>` but for the first: begins with the run, so that one prefix finds all its
    /// processes.
    public var instance: String { "\(runText)-\(role)-\(index)" + (shard > 0 ? ".\(shard)" : "") }

    /// OTLP's resource attributes, in the order of their names. Prometheus makes `job` and `instance` of the service's.
    public var attributes: [(name: String, value: String)] {
        [
            ("holdfast.index", String(index)),
            ("holdfast.plan", plan),
            ("holdfast.role", role),
            ("holdfast.run", runText),
            ("service.instance.id", instance),
            ("service.name", "holdfast"),
            ("service.version", version),
        ]
    }
}
