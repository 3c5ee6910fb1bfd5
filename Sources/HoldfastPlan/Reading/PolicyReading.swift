import HoldfastCore

/// `heartbeat` and `reconnect`.
extension SectionReader {
    mutating func heartbeat(_ node: PlanNode?, parent: Place) -> HeartbeatPolicy {
        guard let node else { return PlanDefaults.heartbeat }
        let parts = ["interval", "first", "silence", "misses", "timeout", "payload"]
        let fields = reader.fields(
            node,
            parent: parent,
            known: ["preset", "strategy"] + parts,
            unavailable: UnavailableNames.heartbeat
        )
        if let preset = fields["preset"] {
            reader.refuse(["strategy"] + parts, in: fields, beside: "`preset`", expected: "a preset alone")
            return reader.preset(preset, HeartbeatPolicy.presets, UnavailableNames.preset) ?? PlanDefaults.heartbeat
        }
        let strategy = reader.choice(
            fields["strategy"],
            or: HeartbeatPolicy.Strategy.fixed,
            unavailable: UnavailableNames.strategy
        )
        guard strategy != .none else {
            reader.refuse(parts, in: fields, beside: "`strategy: none`", expected: "the strategy alone")
            return PlanDefaults.noHeartbeat
        }
        let one = PlanDefaults.heartbeatInterval
        let (interval, longest) = reader.value(fields["interval"], .spanRange(), or: (one, one))
        // A frame holds at most 16,384 bytes after its header, and a ping begins with four bytes of sequence.
        let payload = reader.value(fields["payload"], .size(upTo: 16_380), or: 0)
        return HeartbeatPolicy(
            strategy: strategy,
            interval: interval,
            longestInterval: longest,
            first: reader.choice(fields["first"], or: PlanDefaults.firstBeat),
            detection: detection(fields, longest),
            payloadBytes: UInt16(payload)
        )
    }

    private mutating func detection(_ fields: Fields, _ interval: Span) -> HeartbeatPolicy.Detection {
        let positive = ValueKind<Span>.span(atLeast: .milliseconds(1))
        guard fields["misses"] != nil || fields["timeout"] != nil else {
            let silence = reader.value(fields["silence"], positive, or: interval * PlanDefaults.silenceIntervals)
            if silence < interval {
                let found = "a silence of \(ScalarText.text(silence)) with an interval of \(ScalarText.text(interval))"
                reader.refuse(at: fields.place(of: "silence"), found: found, expected: "at least one interval")
            } else if silence < interval * 2 {
                reader.note(
                    PlanDiagnostic(
                        at: fields.place(of: "silence"),
                        .warning,
                        found: "a silence of less than two intervals, so one late answer ends the connection",
                        expected: "at least \(ScalarText.text(interval * 2))"
                    )
                )
            }
            return .silence(silence)
        }
        reader.refuse(["silence"], in: fields, beside: "`misses`", expected: "one rule of detection")
        reader.require("misses", in: fields, expected: "`misses` and `timeout` together")
        reader.require("timeout", in: fields, expected: "`misses` and `timeout` together")
        // A session counts its misses in eight bits.
        let count = reader.value(fields["misses"], .whole(1...255), or: 1)
        let timeout = reader.value(fields["timeout"], positive, or: interval)
        if timeout > interval {
            let found = "a timeout of \(ScalarText.text(timeout)) with an interval of \(ScalarText.text(interval))"
            reader.refuse(at: fields.place(of: "timeout"), found: found, expected: "at most one interval")
        }
        return .misses(count: UInt32(count), timeout: timeout)
    }

    mutating func reconnect(_ node: PlanNode?, parent: Place) -> (ReconnectPolicy, FailureChoice) {
        let fields = reader.fields(
            node,
            parent: parent,
            known: [
                "preset", "policy", "delay", "base", "cap", "jitter", "factor", "table", "maxAttempts", "maxElapsed",
                "onFailure",
            ],
            unavailable: UnavailableNames.reconnect
        )
        let onFailure = reader.choice(fields["onFailure"], or: PlanDefaults.onFailure)
        let name = reader.choice(fields["policy"], or: PolicyName.exponential)
        var policy = ReconnectPolicy(delay: .none)
        if let preset = fields["preset"] {
            let parts = ["policy", "delay", "base", "cap", "jitter", "factor", "table"]
            reader.refuse(parts, in: fields, beside: "`preset`", expected: "a preset, with limits at most")
            policy = reader.preset(preset, ReconnectPolicy.presets, UnavailableNames.reconnectPreset) ?? policy
        } else {
            policy = ReconnectPolicy(delay: delay(name, fields))
        }
        let beside = "`policy: \(name.rawValue)`"
        if name == .none, fields["preset"] == nil {
            let limits = ["maxAttempts", "maxElapsed"]
            reader.refuse(limits, in: fields, beside: beside, expected: "a policy that reconnects")
        } else {
            policy.maxAttempts = reader.value(fields["maxAttempts"], .whole(1...(1 << 31))).map { UInt32($0) }
            policy.maxElapsed = reader.value(fields["maxElapsed"], .span(atLeast: .milliseconds(1)))
        }
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
        let exponential = ["base", "cap", "jitter", "factor"]
        if name != .fixed { reader.refuse(["delay"], in: fields, beside: beside, expected: "`policy: fixed`") }
        if name != .exponential {
            reader.refuse(exponential, in: fields, beside: beside, expected: "`policy: exponential`")
        }
        if name != .table { reader.refuse(["table"], in: fields, beside: beside, expected: "`policy: table`") }
        switch name {
        case .none: return .none
        case .immediate: return .immediate
        case .fixed:
            return .fixed(reader.value(fields["delay"], .span(atLeast: .zero), or: PlanDefaults.backoffBase))
        case .exponential:
            let positive = ValueKind<Span>.span(atLeast: .milliseconds(1))
            let base = reader.value(fields["base"], positive, or: PlanDefaults.backoffBase)
            let cap = reader.value(fields["cap"], positive, or: max(base, PlanDefaults.backoffCap))
            if cap < base {
                let found = "a cap of \(ScalarText.text(cap)) below the base of \(ScalarText.text(base))"
                reader.refuse(at: fields.place(of: "cap"), found: found, expected: "at least the base")
            }
            let factor = reader.value(fields["factor"], .number(1...10), or: 2)
            return .exponential(base: base, cap: cap, jitter: jitter(fields), factor: factor)
        case .table:
            reader.require("table", in: fields, expected: "the waits, such as [10ms, 1s]")
            let items = reader.items(fields["table"], expected: "a list of waits such as [10ms, 1s]")
            if let node = fields["table"], case .sequence = node.content, items.isEmpty {
                reader.refuse(at: node.place, found: "an empty list", expected: "at least one wait")
            }
            return .table(items.map { reader.value($0, .span(atLeast: .zero), or: .zero) })
        }
    }

    private mutating func jitter(_ fields: Fields) -> ReconnectPolicy.Jitter {
        reader.choice(fields["jitter"], or: PlanDefaults.jitter)
    }
}
