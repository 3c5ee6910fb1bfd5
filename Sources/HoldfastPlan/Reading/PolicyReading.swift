import HoldfastCore

/// `heartbeat`.
extension SectionReader {
    mutating func heartbeat(_ node: PlanNode?, parent: Place) -> HeartbeatPolicy {
        guard let node else { return PlanDefaults.heartbeat }
        let beating = ["interval", "first", "silence", "misses", "timeout", "payload"]
        let smart = ["minimum", "maximum", "step", "margin", "successes", "failures"]
        let fields = reader.fields(
            node,
            parent: parent,
            known: ["preset", "strategy", "userTimeout", "idle", "probes"] + beating + smart
        )
        let userTimeout = userTimeout(fields)
        if let preset = fields["preset"] {
            var policy = reader.preset(preset, HeartbeatPolicy.presets, []) ?? PlanDefaults.heartbeat
            let parts = ["strategy", "idle", "probes"] + beating.filter { $0 != "first" } + smart
            reader.refuse(parts, in: fields, beside: "`preset`", expected: "a preset alone, or with `first`")
            policy.first = reader.choice(fields["first"], or: policy.first)
            policy.userTimeout = userTimeout
            return policy
        }
        let strategy = reader.choice(fields["strategy"], or: HeartbeatStrategy.fixed)
        let beside = "`strategy: \(strategy.rawValue)`"
        if strategy != .tcpKeepalive {
            reader.refuse(["idle", "probes"], in: fields, beside: beside, expected: "`strategy: tcp-keepalive`")
        }
        if strategy != .adaptive {
            reader.refuse(smart, in: fields, beside: beside, expected: "`strategy: adaptive`")
        }
        var policy: HeartbeatPolicy
        switch strategy {
        case .none:
            reader.refuse(beating, in: fields, beside: beside, expected: "the strategy alone")
            policy = PlanDefaults.noHeartbeat
        case .tcpKeepalive: policy = keepalive(fields, beside)
        case .thirdParty:
            reader.refuse(Array(beating.dropFirst()), in: fields, beside: beside, expected: "`interval` alone")
            policy = PlanDefaults.noHeartbeat
            policy.strategy = .thirdParty
            policy.interval = reader.value(
                fields["interval"],
                .span(atLeast: .milliseconds(1)),
                or: PlanDefaults.heartbeatInterval
            )
            policy.longestInterval = policy.interval
        case .adaptive: policy = adaptive(fields, beside)
        default: policy = beats(strategy, fields, beside)
        }
        policy.userTimeout = userTimeout
        return policy
    }

    private mutating func userTimeout(_ fields: Fields) -> Span? {
        guard let node = fields["userTimeout"] else { return nil }
        return reader.value(node, .span(atLeast: .milliseconds(1)))
    }

    /// The kernel's own words for a keepalive are other ones; these are a plan's.
    private mutating func keepalive(_ fields: Fields, _ beside: String) -> HeartbeatPolicy {
        let others = ["first", "silence", "misses", "timeout", "payload"]
        reader.refuse(others, in: fields, beside: beside, expected: "`idle`, `interval` and `probes`")
        let usual = Keepalive.Settings()
        let second = ValueKind<Span>.span(atLeast: .seconds(1), wholeSeconds: true)
        var policy = PlanDefaults.noHeartbeat
        policy.strategy = .tcpKeepalive
        policy.keepalive = Keepalive.Settings(
            idle: reader.value(fields["idle"], second, or: usual.idle),
            interval: reader.value(fields["interval"], second, or: usual.interval),
            probes: reader.value(fields["probes"], .whole(1...127), or: usual.probes)
        )
        return policy
    }

    private mutating func adaptive(_ fields: Fields, _ beside: String) -> HeartbeatPolicy {
        reader.refuse(["interval"], in: fields, beside: beside, expected: "`minimum` and `maximum`")
        let second = ValueKind<Span>.span(atLeast: .seconds(1))
        var constants = AdaptiveInterval.Constants.mars
        constants.minimum = reader.value(fields["minimum"], second, or: constants.minimum)
        constants.maximum = reader.value(fields["maximum"], second, or: constants.maximum)
        constants.step = reader.value(fields["step"], second, or: constants.step)
        constants.margin = reader.value(fields["margin"], .span(atLeast: .zero), or: constants.margin)
        constants.successesPerStep = reader.value(fields["successes"], .whole(1...1000), or: constants.successesPerStep)
        constants.failuresToFallBack = reader.value(
            fields["failures"],
            .whole(1...1000),
            or: constants.failuresToFallBack
        )
        if constants.longest < constants.minimum {
            let found = "a maximum of \(ScalarText.text(constants.maximum)) less its margin"
            let expected = "at least the minimum of \(ScalarText.text(constants.minimum))"
            reader.refuse(at: fields.place(of: "maximum"), found: found, expected: expected)
        }
        var policy = HeartbeatPolicy.smart(constants)
        // The usual timeout may be longer than the shortest interval that is asked for.
        if case .misses(let count, let timeout) = policy.detection {
            policy.detection = .misses(count: count, timeout: min(timeout, constants.minimum))
        }
        policy.first = reader.choice(fields["first"], or: policy.first)
        if fields["silence"] != nil || fields["misses"] != nil || fields["timeout"] != nil {
            policy.detection = detection(fields, constants.minimum)
        }
        policy.payloadBytes = payload(fields)
        return policy
    }

    private mutating func beats(_ strategy: HeartbeatStrategy, _ fields: Fields, _ beside: String) -> HeartbeatPolicy {
        let one = PlanDefaults.heartbeatInterval
        let (interval, longest) = reader.value(fields["interval"], .spanRange(), or: (one, one))
        if strategy.traits.contains(.gatewayDetects) {
            // The gateway sees beats that come, never beats that it has not answered.
            reader.refuse(["misses", "timeout"], in: fields, beside: beside, expected: "`silence`")
        }
        if strategy.traits.contains(.gatewaySends), longest > interval {
            let found = "a range of intervals beside \(beside), where the gateway beats"
            reader.refuse(at: fields.place(of: "interval"), found: found, expected: "one interval")
        }
        return HeartbeatPolicy(
            strategy: strategy,
            interval: interval,
            longestInterval: longest,
            first: reader.choice(fields["first"], or: PlanDefaults.firstBeat),
            detection: detection(fields, longest),
            payloadBytes: payload(fields)
        )
    }

    /// A frame holds at most 16,384 bytes after its header, and a ping begins with four bytes of sequence.
    private mutating func payload(_ fields: Fields) -> UInt16 {
        UInt16(reader.value(fields["payload"], .size(upTo: 16_380), or: 0))
    }

    private mutating func detection(_ fields: Fields, _ interval: Span) -> HeartbeatPolicy.Detection {
        let positive = ValueKind<Span>.span(atLeast: .milliseconds(1))
        guard fields["misses"] != nil || fields["timeout"] != nil else {
            let silence = reader.value(fields["silence"], positive, or: interval * PlanDefaults.silenceIntervals)
            if silence < interval {
                warnOfSilence("an interval, so every connection ends before its next beat", fields, interval)
            } else if silence < interval * 2 {
                warnOfSilence("two intervals, so one late answer ends the connection", fields, interval)
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

    private mutating func warnOfSilence(_ limit: String, _ fields: Fields, _ interval: Span) {
        reader.note(
            PlanDiagnostic(
                at: fields.place(of: "silence"),
                .warning,
                found: "a silence of less than \(limit)",
                expected: "at least \(ScalarText.text(interval * 2))"
            )
        )
    }
}
