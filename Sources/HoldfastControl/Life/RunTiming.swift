import HoldfastCore
import HoldfastPlan

/// Where whole plan seconds and the end of a run lie on the machine's clock.
///
/// ```
/// plan seconds   0         1         2       2.5
///                |---------|---------|--------|
/// cuts           0         1         2        3 = the end cut, whole second or not
/// ```
public struct RunTiming: Equatable, Sendable {
    /// Length of the run from t0; plan time.
    public var duration: Span
    /// Plan time divided by this is real time.
    public var timeScale: Double

    /// A run of `duration` plan time.
    public init(duration: Span, timeScale: Double = 1) {
        precondition(duration > .zero && timeScale > 0, "a checked plan has a positive duration and time scale")
        self.duration = duration
        self.timeScale = timeScale
    }

    /// The timing of `plan`.
    public init(plan: Plan) { self.init(duration: plan.duration, timeScale: plan.timeScale) }

    /// The second of the end cut: the duration, rounded up to whole seconds.
    public var endSecond: Int32 {
        let second = Span.seconds(1).nanoseconds
        return Int32(clamping: (duration.nanoseconds + second - 1) / second)
    }

    /// The instant that lies `span` of plan time after `t0`.
    public func instant(_ span: Span, after t0: Instant) -> Instant {
        t0 + Span(nanoseconds: Int64((Double(span.nanoseconds) / timeScale).rounded()))
    }

    /// The instant of the cut at `second`.
    public func cutInstant(_ second: Int32, after t0: Instant) -> Instant {
        instant(second >= endSecond ? duration : .seconds(Int64(second)), after: t0)
    }

    /// The first cut that is not before `now`: what a process takes part in when it comes up late.
    public func firstCut(notBefore now: Instant, t0: Instant) -> Int32 {
        guard now > t0 else { return 0 }
        let planSeconds = (now - t0).seconds * timeScale
        var second = Int32(clamping: Int64(min(planSeconds, Double(endSecond)).rounded(.down)))
        while second < endSecond, cutInstant(second, after: t0) < now { second += 1 }
        return second
    }
}
