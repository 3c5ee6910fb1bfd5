import HoldfastCore
import HoldfastPlan

/// Where a run is, for people who watch it; plan seconds.
public struct RunProgress: Equatable, Sendable {
    /// The plan's name.
    public var name: String
    /// Since t0; nil before it is announced, negative until it comes.
    public var seconds: Double?
    /// The plan's length.
    public var durationSeconds: Double
    /// Sessions that the plan asks for.
    public var asked: Int
    /// Sessions admitted at least once.
    public var admittedOnce: UInt64
    /// Sessions admitted now.
    public var admitted: UInt64
    /// The newest complete cut; nil before the first.
    public var cut: SeriesPoint?
    /// Disconnects since t0.
    public var disconnects: UInt64
    /// Those of them that nothing explains.
    public var unexplained: UInt64
    /// What the timeline is doing, in a few words each.
    public var active: [String]
    /// What it does next.
    public var next: UpcomingEvent?

    /// A timeline event that is still to come.
    public struct UpcomingEvent: Equatable, Sendable {
        /// What it does.
        public var label: String
        /// When, from t0.
        public var atSeconds: Double

        /// An event that is still to come.
        public init(label: String, atSeconds: Double) {
            self.label = label
            self.atSeconds = atSeconds
        }
    }

    /// Progress from its parts.
    public init(
        name: String,
        seconds: Double?,
        durationSeconds: Double,
        asked: Int,
        admittedOnce: UInt64,
        admitted: UInt64,
        cut: SeriesPoint?,
        disconnects: UInt64,
        unexplained: UInt64,
        active: [String],
        next: UpcomingEvent?
    ) {
        self.name = name
        self.seconds = seconds
        self.durationSeconds = durationSeconds
        self.asked = asked
        self.admittedOnce = admittedOnce
        self.admitted = admitted
        self.cut = cut
        self.disconnects = disconnects
        self.unexplained = unexplained
        self.active = active
        self.next = next
    }
}

extension RunMeasurements {
    /// Where the run is at `now`, on the clock of `t0`.
    public func progress(at now: Instant) -> RunProgress {
        let sessions = self.sessions
        let executed = self.executed
        let seconds = clock?.planSeconds(of: now)
        let upcoming = plan.timeline.first { $0.at.seconds > seconds ?? 0 }
        let active = executed.filter { $0.end == nil && plan.timeline.indices.contains($0.fault) }.map(\.fault)
        return RunProgress(
            name: plan.name,
            seconds: seconds,
            durationSeconds: plan.duration.seconds,
            asked: plan.sessions,
            admittedOnce: sessions?.admittedOnce ?? 0,
            admitted: sessions?.admitted ?? 0,
            cut: newestCut(executed: executed).map { SeriesPoint($0) },
            disconnects: disconnects() + undecidedDisconnects,
            unexplained: disconnects { $0.cause == .unexplained },
            active: Set(active).sorted().map { plan.timeline[$0].label },
            next: upcoming.map { .init(label: $0.label, atSeconds: $0.at.seconds) }
        )
    }

    /// Workers are never more than a few seconds apart, so the search is short.
    private func newestCut(executed: [ExecutedInterval]) -> CutFacts? {
        guard let latest = clientCuts.latestSecond else { return nil }
        let known = executed.filter { plan.timeline.indices.contains($0.fault) }
        let service = ServiceTable(plan: plan, executed: known, clock: clock)
        for second in stride(from: latest, through: max(0, latest - 30), by: -1) {
            guard let row = clientCuts.complete(at: second, reporters: workers) else { continue }
            return CutFacts(second: second, row: row, inService: service.inService(at: second))
        }
        return nil
    }
}
