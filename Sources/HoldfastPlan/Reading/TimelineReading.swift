import HoldfastCore

/// `timeline`: when, and what happens.
extension SectionReader {
    /// Names that no event may give to its phase.
    static let reservedPhases = [PlanPhase.establish, PlanPhase.steady]
    private static let actions = FaultKind.allCases.map(\.rawValue) + [SectionReader.vanish]

    /// The events in resolved order; without a plan only what stands by itself is checked.
    mutating func timeline(_ node: PlanNode?, _ plan: Plan?) -> [TimelineEvent] {
        var drafts: [Draft] = []
        for item in reader.items(node, expected: "a list of events") {
            if let draft = draft(item, plan) { drafts.append(draft) }
        }
        // Sorting keeps the order of events at one instant.
        let sorted = drafts.enumerated().sorted { ($0.element.event.at, $0.offset) < ($1.element.event.at, $1.offset) }
        let ordered = sorted.map(\.element)
        refuseTwoNames(ordered)
        if !reader.hasErrors {
            refuseOverlaps(ordered)
            refuseRegistryOverlaps(ordered)
            refuseScaling(ordered, plan)
        }
        return ordered.map(\.event)
    }

    /// An event with the places that messages about several events need.
    struct Draft {
        var event: TimelineEvent
        var place: Place
        var phasePlace: Place
    }

    private mutating func draft(_ node: PlanNode, _ plan: Plan?) -> Draft? {
        let fields = reader.fields(
            node,
            parent: node.place,
            known: ["at", "for", "phase"] + SectionReader.actions,
            unavailable: UnavailableNames.action
        )
        guard case .mapping(let entries) = node.content else { return nil }
        reader.require("at", in: fields, expected: "when it happens")
        let at = reader.value(fields["at"], .span(atLeast: .zero)) ?? .zero
        if let plan, at >= plan.duration {
            let found = "an event at \(ScalarText.text(at)) in a run of \(ScalarText.text(plan.duration))"
            reader.refuse(at: fields.place(of: "at"), found: found, expected: "an event before the end")
        }
        let phase = phase(fields["phase"])
        if phase != nil, at.nanoseconds % 1_000_000_000 != 0 {
            // Cuts and ledger cells are whole seconds: the phase's counts would include what came before it.
            let found = "the phase of an event at \(ScalarText.text(at))"
            reader.refuse(at: fields.place(of: "phase"), found: found, expected: "an event at a whole second")
        }
        let actions = entries.filter { SectionReader.actions.contains($0.key) }
        guard let action = actions.first else {
            // A wrong key was refused already, and was probably meant to be the action.
            if entries.count == fields.entries.count {
                let expected = "exactly one of \(listed(SectionReader.actions))"
                reader.refuse(at: node.place, found: "an event without an action", expected: expected)
            }
            return nil
        }
        for second in actions.dropFirst() {
            let found = "a second action \(quoted(second.key)) in one event"
            reader.refuse(at: second.place, found: found, expected: "exactly one action")
        }
        guard let (scope, fault) = self.action(action, fields, at, plan) else { return nil }
        let position = Position(line: node.place.line, column: node.place.column)
        let event = TimelineEvent(at: at, phase: phase, scope: scope, action: fault, position: position)
        return Draft(event: event, place: node.place, phasePlace: fields.place(of: "phase"))
    }

    private mutating func phase(_ node: PlanNode?) -> String? {
        guard let node, let name = reader.value(node, .name("a phase name")) else { return nil }
        if SectionReader.reservedPhases.contains(name) {
            let found = "the reserved phase name \(quoted(name))"
            reader.refuse(at: node.place, found: found, expected: "a name of your own")
        }
        return name
    }

    private mutating func refuseTwoNames(_ drafts: [Draft]) {
        var last: (at: Span, name: String)?
        for draft in drafts {
            guard let name = draft.event.phase else { continue }
            if let last, last.at == draft.event.at, last.name != name {
                let found = "the phase \(quoted(name)) at the instant of \(quoted(last.name))"
                reader.refuse(at: draft.phasePlace, found: found, expected: "one phase name at one instant")
            }
            last = (draft.event.at, name)
        }
    }

    /// Whatever is done to the registry ends before the next thing is.
    private mutating func refuseRegistryOverlaps(_ drafts: [Draft]) {
        var last: (start: Span, end: Span)?
        for draft in drafts {
            guard case .registry(_, let length) = draft.event.action else { continue }
            let start = draft.event.at
            if let last, start < last.end {
                let found = "`registry` while that at \(ScalarText.text(last.start)) goes on"
                reader.refuse(at: draft.place, found: found, expected: "one disturbance at a time")
            }
            last = (start, length.map { start + $0 } ?? Span(nanoseconds: .max))
        }
    }

    /// A gateway that is stopped cannot be stopped again, frozen or started by another event.
    private mutating func refuseOverlaps(_ drafts: [Draft]) {
        var busy: [GatewayID: [(start: Span, end: Span, kind: FaultKind)]] = [:]
        for draft in drafts {
            let kind = draft.event.action.kind
            var isRefused = false
            for outage in draft.event.outages {
                let earlier = busy[outage.gateway, default: []].first { $0.start < outage.end && outage.begin < $0.end }
                if let earlier, !isRefused {
                    isRefused = true
                    let since = "\(earlier.kind.rawValue) at \(ScalarText.text(earlier.start))"
                    reader.refuse(
                        at: draft.place,
                        found: "`\(kind.rawValue)` of gateway \(outage.gateway), which is in its \(since)",
                        expected: "a gateway that runs"
                    )
                }
                busy[outage.gateway, default: []].append((outage.begin, outage.end, kind))
            }
        }
    }
}
