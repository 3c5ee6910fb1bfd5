/// What became of pushed messages.
public struct MessageTally: Equatable, Sendable {
    /// Messages that were to be pushed.
    public var pushed: UInt64 = 0
    /// Those that their session received.
    public var delivered: UInt64 = 0
    /// Those of them that had waited for their session to log in.
    public var delayed: UInt64 = 0
    /// Receptions of messages that were there already.
    public var duplicated: UInt64 = 0
    /// Messages sent again for which no receipt came in time.
    public var wasted: UInt64 = 0
    /// Messages that may still arrive: queued, or without a receipt so far.
    public var pending: UInt64 = 0
    /// Bytes of the data frames that carried them, those sent again included.
    public var bytes: UInt64 = 0
    /// From the time of a message to its reception, where its sender still waited for the receipt.
    public var latency = Histogram()

    /// Nothing counted.
    public init() {}

    /// What both counted.
    public func adding(_ other: MessageTally) -> MessageTally {
        var sum = self
        sum.pushed += other.pushed
        sum.delivered += other.delivered
        sum.delayed += other.delayed
        sum.duplicated += other.duplicated
        sum.wasted += other.wasted
        sum.pending += other.pending
        sum.bytes += other.bytes
        sum.latency.merge(other.latency)
        return sum
    }

    /// Messages that will never be received.
    public var lost: UInt64 { pushed - min(pushed, delivered + pending) }
}
