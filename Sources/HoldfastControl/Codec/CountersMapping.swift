import HoldfastCore
import HoldfastResult

extension WireSessionCounters {
    init(_ counters: SessionCounters) throws(ControlCodecError) {
        sessions = counters.sessions
        admittedOnce = counters.admittedOnce
        admitted = counters.admitted
        stopped = counters.stopped
        connectsAttempted = counters.connectsAttempted
        connectsSucceeded = counters.connectsSucceeded
        connectsFailed = counters.connectsFailed
        connectsPeakPerSecond = counters.connectsPeakPerSecond
        establishFailed = counters.establishFailed
        heartbeatsSent = counters.heartbeatsSent
        heartbeatsAnswered = counters.heartbeatsAnswered
        heartbeatsMissed = counters.heartbeatsMissed
        heartbeatBytes = counters.heartbeatBytes
        heartbeatRtt = try WireHistogram(counters.heartbeatRTT)
        detectionByMechanism = try counters.detectionByMechanism.converted(WireHistogram.init)
        outage = try WireHistogram(counters.outage)
        lifetimesSkipped = counters.lifetimesSkipped
        handshake = try WireHistogram(counters.handshake)
        connect = try WireHistogram(counters.connect)
        groups = try counters.groups.converted(WireGroupCounters.init)
        silenceBeforeFin = counters.silenceBeforeFin.counts
        silenceBeforeReset = counters.silenceBeforeReset.counts
        if let interval = counters.longestSafeInterval { longestSafeInterval = interval.nanoseconds }
        if let bytes = counters.bytesPerSession { bytesPerSession = bytes }
        if let bytes = counters.bytesPerSessionAtEnd { bytesPerSessionAtEnd = bytes }
        if let tally = counters.messages { messages = try WireMessageTally(tally) }
        if let tally = counters.requests { requests = try WireRequestTally(tally) }
    }

    func value() throws(ControlCodecError) -> SessionCounters {
        var counters = SessionCounters()
        counters.sessions = sessions
        counters.admittedOnce = admittedOnce
        counters.admitted = admitted
        counters.stopped = try perKind(stopped, "sessions.stopped", StopReason.self)
        counters.connectsAttempted = connectsAttempted
        counters.connectsSucceeded = connectsSucceeded
        counters.connectsFailed = try perKind(connectsFailed, "sessions.connectsFailed", ConnectFailure.self)
        counters.connectsPeakPerSecond = connectsPeakPerSecond
        counters.establishFailed = try perKind(establishFailed, "sessions.establishFailed", ConnectFailure.self)
        counters.heartbeatsSent = heartbeatsSent
        counters.heartbeatsAnswered = heartbeatsAnswered
        counters.heartbeatsMissed = heartbeatsMissed
        counters.heartbeatBytes = heartbeatBytes
        counters.heartbeatRTT = try heartbeatRtt.value()
        counters.detectionByMechanism =
            try perKind(detectionByMechanism, "sessions.detectionByMechanism", Mechanism.self)
            .converted { histogram throws(ControlCodecError) in try histogram.value() }
        counters.outage = try outage.value()
        counters.lifetimesSkipped = lifetimesSkipped
        counters.handshake = try handshake.value()
        counters.connect = try connect.value()
        counters.groups = try groups.converted { group throws(ControlCodecError) in try group.value() }
        counters.silenceBeforeFin = SilenceTally(counts: silenceBeforeFin)
        counters.silenceBeforeReset = SilenceTally(counts: silenceBeforeReset)
        counters.longestSafeInterval = hasLongestSafeInterval ? Span(nanoseconds: longestSafeInterval) : nil
        counters.bytesPerSession = hasBytesPerSession ? bytesPerSession : nil
        counters.bytesPerSessionAtEnd = hasBytesPerSessionAtEnd ? bytesPerSessionAtEnd : nil
        counters.messages = hasMessages ? try messages.value() : nil
        counters.requests = hasRequests ? try requests.value() : nil
        return counters
    }
}

extension WireGroupCounters {
    init(_ counters: GroupCounters) throws(ControlCodecError) {
        sessions = counters.sessions
        admittedOnce = counters.admittedOnce
        admitted = counters.admitted
        stopped = counters.stopped
        connectsAttempted = counters.connectsAttempted
        connectsSucceeded = counters.connectsSucceeded
        connectsFailed = counters.connectsFailed
        handshake = try WireHistogram(counters.handshake)
        connect = try WireHistogram(counters.connect)
    }

    func value() throws(ControlCodecError) -> GroupCounters {
        var counters = GroupCounters()
        counters.sessions = sessions
        counters.admittedOnce = admittedOnce
        counters.admitted = admitted
        counters.stopped = try perKind(stopped, "groups.stopped", StopReason.self)
        counters.connectsAttempted = connectsAttempted
        counters.connectsSucceeded = connectsSucceeded
        counters.connectsFailed = try perKind(connectsFailed, "groups.connectsFailed", ConnectFailure.self)
        counters.handshake = try handshake.value()
        counters.connect = try connect.value()
        return counters
    }
}

/// A list that has one entry for each case of `Kind`.
private func perKind<Element, Kind: CaseIterable>(
    _ list: [Element],
    _ field: String,
    _ kind: Kind.Type
) throws(ControlCodecError) -> [Element] {
    guard list.count == Kind.allCases.count else {
        throw .invalid(field: field, found: "\(list.count) entries instead of \(Kind.allCases.count)")
    }
    return list
}

extension WireGatewayCounters {
    init(_ counters: GatewayCounters) {
        accepted = counters.accepted
        admitted = counters.admitted
        open = counters.open
        openPeak = counters.openPeak
        acceptsPeakPerSecond = counters.acceptsPeakPerSecond
        protocolViolations = counters.protocolViolations
        pingsSent = counters.pingsSent
        pingsAnswered = counters.pingsAnswered
        pingsMissed = counters.pingsMissed
    }

    func value() -> GatewayCounters {
        var counters = GatewayCounters()
        counters.accepted = accepted
        counters.admitted = admitted
        counters.open = open
        counters.openPeak = openPeak
        counters.acceptsPeakPerSecond = acceptsPeakPerSecond
        counters.protocolViolations = protocolViolations
        counters.pingsSent = pingsSent
        counters.pingsAnswered = pingsAnswered
        counters.pingsMissed = pingsMissed
        return counters
    }
}

extension WireBalancerCounters {
    init(_ counters: BalancerCounters) {
        accepted = counters.accepted
        upstreamFailures = counters.upstreamFailures
        rejected = counters.rejected
        bytes = counters.bytes
    }

    func value() -> BalancerCounters {
        var counters = BalancerCounters()
        counters.accepted = accepted
        counters.upstreamFailures = upstreamFailures
        counters.rejected = rejected
        counters.bytes = bytes
        return counters
    }
}

extension WireMiddleboxCounters {
    init(_ counters: MiddleboxCounters) {
        accepted = counters.accepted
        refused = counters.refused
        upstreamFailures = counters.upstreamFailures
        bytes = counters.bytes
        expired = counters.expired
        resetsLost = counters.resetsLost
    }

    func value() throws(ControlCodecError) -> MiddleboxCounters {
        var counters = MiddleboxCounters()
        counters.accepted = accepted
        counters.refused = refused
        counters.upstreamFailures = upstreamFailures
        counters.bytes = bytes
        counters.expired = try perKind(expired, "middlebox.expired", MiddleboxPolicy.Expiry.self)
        counters.resetsLost = resetsLost
        return counters
    }
}

extension WireHarnessReport {
    init(_ harness: HarnessReport) throws(ControlCodecError) {
        lateness = try WireTimerLateness(harness.lateness)
        loopStall = try WireHistogram(harness.loopStall)
        cpuSeconds = harness.cpuSeconds
        rssPeakBytes = harness.rssPeakBytes
        fdsPeak = harness.fdsPeak
        pid = harness.pid
        batchesLost = harness.batchesLost
        cpuWait = try WireHistogram(harness.cpuWait)
        cpuSaturatedSeconds = harness.cpuSaturatedSeconds
        if let usage = harness.growth.early { early = WireUsage(usage) }
        if let usage = harness.growth.late { late = WireUsage(usage) }
    }

    func value() throws(ControlCodecError) -> HarnessReport {
        var harness = HarnessReport()
        harness.lateness = try lateness.value()
        harness.loopStall = try loopStall.value()
        harness.cpuSeconds = cpuSeconds
        harness.rssPeakBytes = rssPeakBytes
        harness.fdsPeak = fdsPeak
        harness.pid = pid
        harness.batchesLost = batchesLost
        harness.cpuWait = try cpuWait.value()
        harness.cpuSaturatedSeconds = cpuSaturatedSeconds
        harness.growth = UsageGrowth(early: hasEarly ? early.value() : nil, late: hasLate ? late.value() : nil)
        return harness
    }
}

extension WireUsage {
    init(_ usage: UsageGrowth.Usage) {
        anonymousBytes = usage.anonymousBytes
        descriptors = usage.descriptors
    }

    func value() -> UsageGrowth.Usage {
        UsageGrowth.Usage(anonymousBytes: anonymousBytes, descriptors: descriptors)
    }
}

extension WireTimerLateness {
    init(_ lateness: TimerLateness) throws(ControlCodecError) {
        heartbeat = try WireHistogram(lateness.heartbeat)
        timeout = try WireHistogram(lateness.timeout)
        attempt = try WireHistogram(lateness.attempt)
        schedule = try WireHistogram(lateness.schedule)
    }

    func value() throws(ControlCodecError) -> TimerLateness {
        var result = TimerLateness()
        result.heartbeat = try heartbeat.value()
        result.timeout = try timeout.value()
        result.attempt = try attempt.value()
        result.schedule = try schedule.value()
        return result
    }
}
