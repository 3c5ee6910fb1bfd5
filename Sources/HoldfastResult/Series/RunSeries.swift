import HoldfastCore
import HoldfastPlan

/// A run second by second, for charts: the complete cuts, in plan seconds.
public struct RunSeries: Codable, Equatable, Sendable {
    /// The complete cuts, ascending; a second that a worker did not report is missing.
    public var points: [SeriesPoint]
    /// maxOverMean may exceed 1 by this much and count as balanced.
    public var band: Double

    /// A series from its parts.
    public init(points: [SeriesPoint], band: Double) {
        self.points = points
        self.band = band
    }

    /// The series of what was measured.
    public static func build(plan: Plan, measurements: RunMeasurements) -> RunSeries {
        let analysis = RunAnalysis(plan: plan, measurements: measurements)
        return RunSeries(points: analysis.cuts.map { SeriesPoint($0) }, band: plan.rebalance.band)
    }
}

/// One complete cut.
public struct SeriesPoint: Codable, Equatable, Sendable {
    /// Plan seconds since t0.
    public var second: Int32
    /// Admitted sessions by gateway.
    public var connections: [UInt64]
    /// Whether each gateway was in service.
    public var inService: [Bool]
    /// Sessions neither admitted nor stopped.
    public var waiting: UInt64
    /// Stopped sessions.
    public var stopped: UInt64
    /// Over the gateways in service; nil without connections.
    public var maxOverMean: Double?
    /// What random placement of as many connections would be expected to give.
    public var randomMaxOverMean: Double?

    /// A point from its parts.
    public init(
        second: Int32,
        connections: [UInt64],
        inService: [Bool],
        waiting: UInt64,
        stopped: UInt64,
        maxOverMean: Double?,
        randomMaxOverMean: Double?
    ) {
        self.second = second
        self.connections = connections
        self.inService = inService
        self.waiting = waiting
        self.stopped = stopped
        self.maxOverMean = maxOverMean
        self.randomMaxOverMean = randomMaxOverMean
    }

    init(_ cut: CutFacts) {
        self.init(
            second: cut.second,
            connections: cut.open,
            inService: cut.inService,
            waiting: cut.waiting,
            stopped: cut.stopped,
            maxOverMean: cut.imbalance.maxOverMean,
            randomMaxOverMean: cut.randomMaxOverMean
        )
    }

    /// Admitted sessions.
    public var admitted: UInt64 { connections.reduce(0, +) }
}
