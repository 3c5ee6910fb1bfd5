import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// A plan carried out in virtual time: the brains, the ledger, the census and the verdict are those of a live run.
public struct Simulation: Sendable {
    /// How beats are carried out.
    public enum Fidelity: String, CaseIterable, Sendable {
        /// Every beat is an event.
        case exact
        /// Beats that cannot change anything are counted in closed form; ledger and counts are the same.
        case fast
    }

    /// What a simulated run leaves behind.
    public struct Outcome: Sendable {
        /// The result, in the schema of a live run.
        public var result: RunResult
        /// Populations over time, for charts.
        public var series: RunSeries
        /// Everything that was measured.
        public var measurements: RunMeasurements
        /// Events taken from the queue.
        public var events: UInt64
    }

    /// From a session to its gateway; the way back takes as long. About that of a loopback with two processes on it.
    public static let networkDelay = Span(nanoseconds: 100_000)

    private let plan: Plan
    private let planHash: String
    private let fidelity: Fidelity
    private let segments: Int
    private let interruption: Interruption?
    /// Nothing but a test sets it.
    var planted: PlantedBug?

    /// A simulation of a checked plan; `segments` parts hold the sessions and keep their accounts, as workers would,
    /// and change nothing else. Nil takes the plan's `workers`, or one. `interruption` may end it before its time.
    public init(
        plan: Plan,
        fidelity: Fidelity = .fast,
        segments: Int? = nil,
        interruption: Interruption? = nil
    ) {
        planHash = plan.hash
        var plan = plan
        // Of how many processes a gateway consists is a question of live runs.
        plan.target.gateway.shards = nil
        plan.target.balancer.shards = nil
        self.plan = plan
        self.fidelity = fidelity
        self.segments = max(1, segments ?? plan.workers ?? 1)
        self.interruption = interruption
    }

    /// Carries the plan out to its end.
    public func run() -> Outcome { run { _ in } }

    /// Carries the plan out to its end, and shows the world as it is then.
    func run(_ look: (borrowing World) -> Void) -> Outcome {
        var world = World(plan: plan, fidelity: fidelity, segments: segments)
        world.planted = planted
        world.interruption = interruption
        let events = world.live()
        look(world)
        let measurements = world.measurements
        var outcome = RunOutcome(mode: .simulated, planHash: planHash, isFinished: true)
        outcome.eventHash = world.eventHash
        if !world.isEnded { outcome.signal = interruption?.signal }
        outcome.notes = world.notes
        return Outcome(
            result: RunResult.build(plan: plan, measurements: measurements, outcome: outcome),
            series: RunSeries.build(plan: plan, measurements: measurements),
            measurements: measurements,
            events: events
        )
    }
}
