import HoldfastCore

/// `reconnect`.
extension SectionReader {
    private static let exponentialKeys = ["base", "cap", "factor", "first", "jitter"]
    private static let tableKeys = ["table", "spread"]
    private static let delayKeys = ["policy", "delay"] + exponentialKeys + tableKeys
    private static let limitKeys = ["maxAttempts", "maxElapsed"]

    mutating func reconnect(_ node: PlanNode?, parent: Place) -> (ReconnectPolicy, FailureChoice) {
        let fields = reader.fields(
            node,
            parent: parent,
            known: ["preset"] + SectionReader.delayKeys + SectionReader.limitKeys + ["quarantine", "onFailure"]
        )
        let onFailure = reader.choice(fields["onFailure"], or: PlanDefaults.onFailure)
        var policy: ReconnectPolicy
        if let preset = fields["preset"] {
            let parts = SectionReader.delayKeys
            reader.refuse(parts, in: fields, beside: "`preset`", expected: "limits and `onFailure` beside a preset")
            policy = reader.preset(preset, ReconnectPolicy.presets, []) ?? PlanDefaults.reconnect
        } else {
            let name = reader.choice(fields["policy"], or: PolicyName.exponential)
            policy = ReconnectPolicy(delay: delay(name, fields))
        }
        if policy.delay == .none {
            let limits = SectionReader.limitKeys + ["quarantine"]
            reader.refuse(limits, in: fields, beside: "`policy: none`", expected: "a policy that reconnects")
            return (policy, onFailure)
        }
        let positive = ValueKind<Span>.span(atLeast: .milliseconds(1))
        let attempts = reader.value(fields["maxAttempts"], .whole(1...(1 << 31)))
        policy.maxAttempts = attempts.map { UInt32($0) } ?? policy.maxAttempts
        policy.maxElapsed = reader.value(fields["maxElapsed"], positive)
        policy.quarantine = reader.value(fields["quarantine"], positive)
        return (policy, onFailure)
    }

    private enum PolicyName: String, CaseIterable {
        case none
        case immediate
        case fixed
        case exponential
        case table
    }

    private mutating func delay(_ name: PolicyName, _ fields: Fields) -> ReconnectPolicy.Delay {
        let beside = "`policy: \(name.rawValue)`"
        if name != .fixed { reader.refuse(["delay"], in: fields, beside: beside, expected: "`policy: fixed`") }
        if name != .exponential {
            let keys = SectionReader.exponentialKeys
            reader.refuse(keys, in: fields, beside: beside, expected: "`policy: exponential`")
        }
        if name != .table {
            reader.refuse(SectionReader.tableKeys, in: fields, beside: beside, expected: "`policy: table`")
        }
        switch name {
        case .none: return .none
        case .immediate: return .immediate
        case .fixed:
            return .fixed(reader.value(fields["delay"], .span(atLeast: .zero), or: PlanDefaults.backoffBase))
        case .exponential: return .exponential(exponential(fields))
        case .table: return table(fields)
        }
    }

    private mutating func exponential(_ fields: Fields) -> ExponentialDelay {
        let positive = ValueKind<Span>.span(atLeast: .milliseconds(1))
        let base = reader.value(fields["base"], positive, or: PlanDefaults.backoffBase)
        let cap = reader.value(fields["cap"], positive, or: max(base, PlanDefaults.backoffCap))
        if cap < base {
            let found = "a cap of \(ScalarText.text(cap)) below the base of \(ScalarText.text(base))"
            reader.refuse(at: fields.place(of: "cap"), found: found, expected: "at least the base")
        }
        let jitter = reader.choice(fields["jitter"], or: PlanDefaults.jitter)
        if jitter == .decorrelated {
            let growth = ["factor", "first"]
            reader.refuse(growth, in: fields, beside: "`jitter: decorrelated`", expected: "the jitter's own growth")
        }
        // A factor nearer to 1 would hardly grow, and 1 is `policy: fixed`.
        return ExponentialDelay(
            base: base,
            cap: cap,
            factor: reader.value(fields["factor"], .number(1.1...10), or: ExponentialDelay.usualFactor),
            first: reader.value(fields["first"], positive),
            jitter: jitter
        )
    }

    private mutating func table(_ fields: Fields) -> ReconnectPolicy.Delay {
        let kind = ValueKind<Span>.span(atLeast: .zero)
        let spread = reader.value(fields["spread"], kind, or: .zero)
        reader.require("table", in: fields, expected: "the list of waits")
        let expected = "a list of waits such as [1s, 2s, 5s]"
        let items = reader.items(fields["table"], expected: expected)
        let delays = items.compactMap { reader.value($0, kind) }
        guard !delays.isEmpty else {
            if let node = fields["table"], items.isEmpty, case .sequence = node.content {
                reader.refuse(at: node.place, found: "an empty list", expected: expected)
            }
            return .fixed(PlanDefaults.backoffBase)
        }
        return .table(DelayTable(delays, spread: spread))
    }
}
