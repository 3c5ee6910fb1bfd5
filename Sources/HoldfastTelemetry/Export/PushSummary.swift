/// How the pushing of metrics went so far, or at the end.
public struct PushSummary: Equatable, Sendable {
    /// Batches that the collector has acknowledged.
    public var batchesSent: UInt64 = 0
    /// Batches that it will never get.
    public var batchesLost: UInt64 = 0
    /// Points that the collector took the batch without.
    public var pointsRejected: UInt64 = 0
    /// The latest thing that went wrong, in one line; nil when nothing did.
    public var lastError: String?

    /// Nothing pushed yet.
    public init() {}
}
