import HoldfastCore

extension WireMessageTally {
    init(_ tally: MessageTally) throws(ControlCodecError) {
        pushed = tally.pushed
        delivered = tally.delivered
        delayed = tally.delayed
        duplicated = tally.duplicated
        wasted = tally.wasted
        pending = tally.pending
        bytes = tally.bytes
        latency = try WireHistogram(tally.latency)
    }

    func value() throws(ControlCodecError) -> MessageTally {
        var tally = MessageTally()
        tally.pushed = pushed
        tally.delivered = delivered
        tally.delayed = delayed
        tally.duplicated = duplicated
        tally.wasted = wasted
        tally.pending = pending
        tally.bytes = bytes
        tally.latency = try latency.value()
        return tally
    }
}

extension WireRequestTally {
    init(_ tally: RequestTally) throws(ControlCodecError) {
        sent = tally.sent
        reused = tally.reused
        if let stale = tally.onStaleConnection { onStaleConnection = stale }
        answered = tally.answered
        timedOut = tally.timedOut
        timedOutReused = tally.timedOutReused
        failed = tally.failed
        unsent = tally.unsent
        latency = try WireHistogram(tally.latency)
    }

    func value() throws(ControlCodecError) -> RequestTally {
        var tally = RequestTally()
        tally.sent = sent
        tally.reused = reused
        tally.onStaleConnection = hasOnStaleConnection ? onStaleConnection : nil
        tally.answered = answered
        tally.timedOut = timedOut
        tally.timedOutReused = timedOutReused
        tally.failed = failed
        tally.unsent = unsent
        tally.latency = try latency.value()
        return tally
    }
}
