import HoldfastCore

/// A named part of the run: what happens in it is reported by itself.
public struct PlanPhase: Equatable, Sendable {
    /// The phase before t0; it has no cuts and no ledger.
    public static let establish = "establish"
    /// The phase from t0 to the first named event.
    public static let steady = "steady"

    /// A half-open stretch `[start, end)` of plan time since t0.
    public struct Stretch: Equatable, Sendable {
        /// The first instant.
        public var start: Span
        /// The first instant after it.
        public var end: Span

        /// A stretch from its ends.
        public init(start: Span, end: Span) {
            self.start = start
            self.end = end
        }
    }

    /// `steady`, or what the plan calls it.
    public var name: String
    /// Where it lies, ascending; more than one when another phase came between.
    public var stretches: [Stretch]

    /// A phase from its parts.
    public init(name: String, stretches: [Stretch]) {
        self.name = name
        self.stretches = stretches
    }

    /// Whether the cut at a plan time shows this phase.
    ///
    /// A cut is taken before the events of its instant, so the cut at a boundary shows the phase that ends there. The
    /// cut at t0 shows `steady`.
    public func contains(cut time: Span) -> Bool {
        if time == .zero { return name == PlanPhase.steady }
        return stretches.contains { $0.start < time && time <= $0.end }
    }

    /// Its first instant.
    public var start: Span { stretches.first?.start ?? .zero }
    /// The first instant after its last stretch.
    public var end: Span { stretches.last?.end ?? .zero }
    /// How long it is, without the stretches of others.
    public var length: Span { stretches.reduce(.zero) { $0 + ($1.end - $1.start) } }
}

extension Plan {
    /// The phases from t0 to the end in the order of their beginnings: `steady`, then one for each named event.
    ///
    /// A phase ends at the next named event or at the end of the run; the same name again continues it. `steady` is
    /// missing when a named event happens at t0.
    public var phases: [PlanPhase] {
        var starts: [(name: String, start: Span)] = [(PlanPhase.steady, .zero)]
        for event in timeline {
            guard let name = event.phase else { continue }
            if starts.last?.start == event.at { starts.removeLast() }
            if starts.last?.name != name { starts.append((name, event.at)) }
        }
        var phases: [PlanPhase] = []
        for (position, (name, start)) in starts.enumerated() {
            let end = position + 1 < starts.count ? starts[position + 1].start : duration
            let stretch = PlanPhase.Stretch(start: start, end: end)
            if let known = phases.firstIndex(where: { $0.name == name }) {
                phases[known].stretches.append(stretch)
            } else {
                phases.append(PlanPhase(name: name, stretches: [stretch]))
            }
        }
        return phases
    }

    /// The name of the phase that an event at a plan time since t0 belongs to; negative times are `establish`.
    public func phaseName(at time: Span) -> String {
        guard time >= .zero else { return PlanPhase.establish }
        return timeline.last { $0.phase != nil && $0.at <= time }?.phase ?? PlanPhase.steady
    }
}
