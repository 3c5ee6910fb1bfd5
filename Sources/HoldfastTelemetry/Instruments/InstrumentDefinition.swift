/// How the values of an instrument behave.
public enum InstrumentKind: String, CaseIterable, Sendable {
    /// Only grows, from the start of its process.
    case counter
    /// The value at one moment.
    case gauge
    /// A distribution that only grows, from the start of its process.
    case histogram
}

/// What is fixed about one instrument.
public struct InstrumentDefinition: Hashable, Sendable {
    /// How its values behave.
    public let kind: InstrumentKind
    /// UCUM: `s`, `By`, `1` for a ratio, `{thing}` for a count of things, empty for information.
    public let unit: String
    /// The labels that its points may have.
    public let labels: [LabelKey]
    /// One sentence for people.
    public let description: String

    init(_ kind: InstrumentKind, _ unit: String, _ labels: [LabelKey], _ description: String) {
        self.kind = kind
        self.unit = unit
        self.labels = labels
        self.description = description
    }
}
