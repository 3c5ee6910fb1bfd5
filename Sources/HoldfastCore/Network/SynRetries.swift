/// When a kernel sends the first segment of a connection again, and when it gives up: ETIMEDOUT from `connect()`.
///
/// Since Linux 6.5 the first `linear` timeouts are 1 s each before they double, so that the defaults make SYNs at 0, 1,
/// 2, 3, 4, 5, 7, 11, 19, 35 and 67 s and an end at 131 s; before, and with `linear` 0, it is 127 s
/// (Documentation/networking/ip-sysctl.rst, `tcp_syn_retries` and `tcp_syn_linear_timeouts`).
public struct SynRetries: Hashable, Sendable {
    /// Doubling retries (`tcp_syn_retries`).
    public var retries: Int
    /// Retries before those, one second apart (`tcp_syn_linear_timeouts`).
    public var linear: Int

    /// Linux' own by default.
    public init(retries: Int = 6, linear: Int = 4) {
        self.retries = retries
        self.linear = linear
    }

    /// From SYN number `index`, 0-based, to the next, or to the end after the last; nil for one that is never sent.
    public func timeout(after index: Int) -> Span? {
        guard index <= retries + linear else { return nil }
        return .seconds(1 << Int64(max(0, index - linear)))
    }

    /// From the first SYN to the end.
    public var patience: Span { (0...(retries + linear)).reduce(.zero) { $0 + (timeout(after: $1) ?? .zero) } }
}
