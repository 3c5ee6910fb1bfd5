import HoldfastCore

/// Times as HAProxy and nginx both write them.
extension Span {
    /// In whole milliseconds, at least one.
    var inMilliseconds: String { "\(max(1, nanoseconds / 1_000_000))ms" }
}

extension Span? {
    /// Without one, 24 days: near the maximum of both, so that what ends a connection is the plan.
    var orNever: String { self?.inMilliseconds ?? "24d" }
}
