import HoldfastCore

/// One value of one instrument with one set of labels.
public struct MetricPoint: Equatable, Sendable {
    /// What was measured.
    public enum Value: Equatable, Sendable {
        /// A whole number; counters of things.
        case integer(Int64)
        /// Any other number, in the instrument's unit.
        case number(Double)
        /// A distribution; seconds.
        case histogram(Histogram)
    }

    /// Of which instrument.
    public let instrument: Instrument
    /// In the order of their keys; each key at most once.
    public let labels: [Label]
    /// What was measured.
    public let value: Value

    init(instrument: Instrument, labels: [Label], value: Value) {
        let definition = instrument.definition
        assert(labels.allSatisfy { definition.labels.contains($0.key) }, "a label that \(instrument.rawValue) has not")
        assert(Set(labels.map(\.key)).count == labels.count, "a label given twice to \(instrument.rawValue)")
        assert(value.isHistogram == (definition.kind == .histogram), "\(instrument.rawValue) is a \(definition.kind)")
        self.instrument = instrument
        self.labels = labels.count < 2 ? labels : labels.sorted { $0.key.rawValue < $1.key.rawValue }
        self.value = value
    }
}

extension MetricPoint.Value {
    fileprivate var isHistogram: Bool {
        if case .histogram = self { true } else { false }
    }
}
