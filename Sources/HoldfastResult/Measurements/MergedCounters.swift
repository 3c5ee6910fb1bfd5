import HoldfastCore

extension SessionCounters {
    /// Adds what another worker counted. A peak of several workers is not the sum of theirs; it comes from the cuts.
    mutating func add(_ other: SessionCounters) {
        let weighted = weightedBytes(other, \.bytesPerSession)
        let weightedAtEnd = weightedBytes(other, \.bytesPerSessionAtEnd)
        sessions += other.sessions
        admittedOnce += other.admittedOnce
        admitted += other.admitted
        stopped.add(other.stopped)
        connectsAttempted += other.connectsAttempted
        connectsSucceeded += other.connectsSucceeded
        connectsFailed.add(other.connectsFailed)
        connectsPeakPerSecond = max(connectsPeakPerSecond, other.connectsPeakPerSecond)
        establishFailed.add(other.establishFailed)
        heartbeatsSent += other.heartbeatsSent
        heartbeatsAnswered += other.heartbeatsAnswered
        heartbeatsMissed += other.heartbeatsMissed
        heartbeatBytes += other.heartbeatBytes
        heartbeatRTT.merge(other.heartbeatRTT)
        for index in detectionByMechanism.indices where index < other.detectionByMechanism.count {
            detectionByMechanism[index].merge(other.detectionByMechanism[index])
        }
        outage.merge(other.outage)
        lifetimesSkipped += other.lifetimesSkipped
        longestSafeInterval = [longestSafeInterval, other.longestSafeInterval].compactMap(\.self).min()
        bytesPerSession = weighted
        bytesPerSessionAtEnd = weightedAtEnd
        handshake.merge(other.handshake)
        connect.merge(other.connect)
        if groups.isEmpty { groups = [GroupCounters](repeating: GroupCounters(), count: other.groups.count) }
        for index in groups.indices where index < other.groups.count { groups[index].add(other.groups[index]) }
        silenceBeforeFin.merge(other.silenceBeforeFin)
        silenceBeforeReset.merge(other.silenceBeforeReset)
        if let tally = other.messages { messages = messages.map { $0.adding(tally) } ?? tally }
        if let tally = other.requests { requests = requests.map { $0.adding(tally) } ?? tally }
    }

    /// The mean over sessions; a worker that has not measured is left out.
    private func weightedBytes(_ other: SessionCounters, _ bytes: (SessionCounters) -> Double?) -> Double? {
        guard let mine = bytes(self) else { return bytes(other) }
        guard let theirs = bytes(other) else { return mine }
        let all = Double(sessions + other.sessions)
        guard all > 0 else { return nil }
        return (mine * Double(sessions) + theirs * Double(other.sessions)) / all
    }
}

extension GatewayCounters {
    /// Adds what another process of the same gateway counted. Peaks are the gateway's own in each of them.
    mutating func add(shard other: GatewayCounters) {
        let open = open + other.open
        add(laterIncarnation: other)
        self.open = open
    }

    /// Adds what a later incarnation of the same gateway counted.
    mutating func add(laterIncarnation other: GatewayCounters) {
        accepted += other.accepted
        admitted += other.admitted
        open = other.open
        openPeak = max(openPeak, other.openPeak)
        acceptsPeakPerSecond = max(acceptsPeakPerSecond, other.acceptsPeakPerSecond)
        protocolViolations += other.protocolViolations
        pingsSent += other.pingsSent
        pingsAnswered += other.pingsAnswered
        pingsMissed += other.pingsMissed
    }
}

extension FaultTally {
    /// Adds what another worker did to the same fault's victims.
    mutating func add(_ other: FaultTally) {
        victims += other.victims
        skipped += other.skipped
        departed += other.departed
        detection.merge(other.detection)
        outage.merge(other.outage)
    }
}

extension HarnessReport {
    /// Adds what a later incarnation of the same process used.
    mutating func add(laterIncarnation other: HarnessReport) {
        lateness.merge(other.lateness)
        loopStall.merge(other.loopStall)
        cpuWait.merge(other.cpuWait)
        cpuSaturatedSeconds += other.cpuSaturatedSeconds
        cpuSeconds += other.cpuSeconds
        rssPeakBytes = max(rssPeakBytes, other.rssPeakBytes)
        fdsPeak = max(fdsPeak, other.fdsPeak)
        pid = other.pid
        batchesLost += other.batchesLost
        // Each of them began anew.
        growth = other.growth
    }
}

extension [UInt64] {
    /// Adds counts that stand in the same order.
    mutating func add(_ other: [UInt64]) {
        for index in indices where index < other.count { self[index] += other[index] }
    }
}
