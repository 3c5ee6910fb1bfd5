import HoldfastCore

/// Turns real instants into plan time and back: plan seconds = real seconds since t0 x `timeScale`.
public struct RunClock: Equatable, Sendable {
    /// The start of the run on the machine's clock.
    public var t0: Instant
    /// How much faster than real time the plan runs.
    public var timeScale: Double

    /// The clock of a run that started at `t0`.
    public init(t0: Instant, timeScale: Double) {
        self.t0 = t0
        self.timeScale = timeScale
    }

    /// Plan seconds since t0; negative while establishing.
    public func planSeconds(of instant: Instant) -> Double { (instant - t0).seconds * timeScale }

    /// The plan second that contains `instant`, rounded down: the second of a ledger cell.
    public func planSecond(of instant: Instant) -> Int32 {
        Int32(clamping: Int64(planSeconds(of: instant).rounded(.down)))
    }

    /// The real instant of a plan second: that of a cut.
    public func instant(ofPlanSecond second: Int32) -> Instant {
        t0 + Span.seconds(Int64(second)).scaled(by: 1 / timeScale)
    }
}
