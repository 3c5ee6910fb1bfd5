import HoldfastCore

/// `heartbeat`.
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
        if strategy == .reported {
            // The gateway sees beats that come, never beats that it has not answered.
            let beside = "`strategy: reported`"
            reader.refuse(["misses", "timeout"], in: fields, beside: beside, expected: "`silence`")
        }
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
}
