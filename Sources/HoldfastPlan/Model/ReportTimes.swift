import HoldfastCore

/// When gateways report to the registry: all together, from a moment on that the seed chooses within one interval after
/// t0. What happens to a fleet meets the period of its reports by chance, and a trial is one such chance.
public struct ReportTimes: Equatable, Sendable {
    /// Between two reports.
    public let interval: Span
    /// From t0 to the first report after it: 0 up to `interval`.
    public let phase: Span

    /// Those of `plan`, in real time; nil without a registry.
    public init?(_ plan: Plan) {
        guard let interval = plan.realTime.target.registry?.reportInterval else { return nil }
        self.interval = interval
        phase = interval.scaled(by: unitDouble(Seed(plan.seed).draw(.report, actor: 0, 0)))
    }

    /// The first report after `now`; an interval later as long as t0 is not known.
    public func next(after now: Instant, t0: Instant?) -> Instant {
        guard let t0 else { return now + interval }
        let origin = t0 + phase
        guard now >= origin else { return min(origin, now + interval) }
        let passed = (now - origin).nanoseconds / interval.nanoseconds
        return origin + interval * (passed + 1)
    }
}
