/// How an exponential wait `e` is spread (aws-arch-backoff-simulator, with attempts counted from 0).
public enum Jitter: String, CaseIterable, Sendable {
    /// `e`.
    case none
    /// U(0, e): mean e/2, variance e^2/12.
    case full
    /// e/2 + U(0, e/2): mean 3e/4, variance e^2/48.
    case equal
    /// min(cap, U(base, 3 * previous)), previous = base before the first attempt: then mean 2 * base, variance
    /// base^2/3.
    case decorrelated
    /// e * (1 +- 20 %), which may exceed the cap by that much (gRPC, connection-backoff.md): mean e, variance e^2/75.
    case proportional

    /// The largest deviation of `proportional`.
    static let proportion = 0.2

    /// `wait` spread by `unit`, which is in 0 ..< 1. `decorrelated` knows no `e`: it is `ExponentialDelay`'s.
    func spread(_ wait: Span, _ unit: Double) -> Span {
        switch self {
        case .none, .decorrelated: wait
        case .full: wait.scaled(by: unit)
        case .equal: wait.scaled(by: 0.5 + unit / 2)
        case .proportional: wait.scaled(by: 1 + Jitter.proportion * (2 * unit - 1))
        }
    }
}
