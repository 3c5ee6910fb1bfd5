import HoldfastCore

/// Everything that one process has to say at one moment. Counters and histograms are cumulative since the process
/// started, so a snapshot that is lost costs resolution, not truth.
public struct MetricSnapshot: Equatable, Sendable {
    /// When it was taken; nanoseconds since 1970.
    public let unixNanoseconds: UInt64
    /// The values, in the order in which they were added.
    public private(set) var points: [MetricPoint] = []

    /// An empty snapshot of that moment.
    public init(unixNanoseconds: UInt64) { self.unixNanoseconds = unixNanoseconds }

    /// An empty snapshot of now, by the machine's wall clock.
    public static func now() -> MetricSnapshot { MetricSnapshot(unixNanoseconds: wallClockNanoseconds()) }

    /// Adds a whole number of a counter or gauge.
    public mutating func add(_ instrument: Instrument, _ value: some BinaryInteger, _ labels: Label...) {
        let value = MetricPoint.Value.integer(Int64(clamping: value))
        points.append(MetricPoint(instrument: instrument, labels: labels, value: value))
    }

    /// Adds a number of a counter or gauge, in the instrument's unit; what is not finite is left out.
    public mutating func add(_ instrument: Instrument, _ value: Double, _ labels: Label...) {
        guard value.isFinite else { return }
        points.append(MetricPoint(instrument: instrument, labels: labels, value: .number(value)))
    }

    /// Adds a distribution; an empty one is left out.
    public mutating func add(_ instrument: Instrument, _ histogram: Histogram, _ labels: Label...) {
        guard histogram.count > 0 else { return }
        points.append(MetricPoint(instrument: instrument, labels: labels, value: .histogram(histogram)))
    }

    /// Adds how late timers were, by what they are for.
    public mutating func add(_ lateness: TimerLateness) {
        for kind in TimerKind.allCases { add(.timerLateness, lateness[kind], .timer(kind)) }
    }

    /// Adds what every process says about itself, whatever its role.
    mutating func add(_ resource: MetricsResource, _ export: PushSummary) {
        let labels = [
            Label(.plan, resource.plan), Label(.role, resource.role), Label(.run, resource.runText),
            Label(.version, resource.version),
        ]
        points.append(MetricPoint(instrument: .buildInfo, labels: labels, value: .integer(1)))
        add(.exportBatchesSent, export.batchesSent)
        add(.exportBatchesLost, export.batchesLost)
    }
}
