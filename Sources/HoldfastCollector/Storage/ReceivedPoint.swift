/// One value of one series, as a collector stores it.
struct ReceivedPoint: Equatable, Sendable {
    /// What tells series apart, and what is known about one.
    struct Series: Hashable, Sendable {
        /// The name on the wire, dots and all; distributions have one series each for `.count`, `.sum`, `.max`,
        /// `.p50`, `.p99`.
        var name: String
        /// UCUM, as sent.
        var unit: String
        /// `counter` or `gauge`.
        var kind: String
        /// Attributes of the resource and of the point, the point's winning.
        var attributes: [String: String]
    }

    var series: Series
    /// Nanoseconds since 1970.
    var unixNanoseconds: Int64
    var value: Double
}

/// What one request held.
struct ReceivedBatch: Equatable, Sendable {
    var points: [ReceivedPoint] = []
    /// Points that cannot be stored.
    var rejected = 0
    /// Why the first of them was rejected; one line.
    var reason: String?

    mutating func reject(_ count: Int, _ reason: String) {
        guard count > 0 else { return }
        rejected += count
        if self.reason == nil { self.reason = reason }
    }
}
