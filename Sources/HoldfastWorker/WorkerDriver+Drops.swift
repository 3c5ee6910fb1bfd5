import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult

/// A session that was on a fault's gateways when its rank was reported.
struct RankedSession {
    var slot: Int
    var ordinal: Ordinal
    var rank: UInt32
}

/// A drop that is being carried out.
struct DropUnderWay {
    /// The connections that are still to be ended, from the last to the first.
    var victims: [(slot: Int, ordinal: Ordinal)]
    /// When the first of them was.
    var start: Instant
}

/// What the timeline does to this worker's connections.
extension WorkerDriver {
    /// Ending a connection takes the kernel tens of microseconds: heartbeats wait for so many only.
    static let dropsAtOnce = 64
    private static let dropPause = Span.milliseconds(1)
    /// How long a threshold may be late; after that the drop is not carried out, and the run says so.
    private static let patience = Span.seconds(3)

    mutating func perform(_ number: Int, intended: Instant, _ reactor: inout Reactor) {
        switch drops.steps[number].step {
        case .rank(let fault): rank(fault)
        case .expect(let fault): expect(fault, &reactor)
        case .drop(let fault):
            guard isDecided(fault) else { return wait(number, &reactor) }
            guard drop(fault, &reactor) else {
                // After what this part has taken: what came meanwhile has its turn before the next one.
                return life.plan(step: number, at: Clock.now + WorkerDriver.dropPause)
            }
        case .reroute(let fault):
            guard reroute(fault, &reactor) else {
                return life.plan(step: number, at: Clock.now + WorkerDriver.dropPause)
            }
        case .resume(let fault): command(.resume, fault, &reactor) { $0.canBeResumed }
        case .foreground(let fault): command(.foreground, fault, &reactor) { $0.canBeOpened }
        }
    }

    /// Ranks of the sessions that are on the fault's gateways now.
    private mutating func rank(_ fault: Int) {
        guard let gateways = drops.drop(fault)?.gateways else { return }
        var found: [RankedSession] = []
        for slot in 0..<sessionCount {
            let session = sessions[slot]
            guard session.phase == .admitted, gateways.contains(session.gateway) else { continue }
            let rank = segment.plan.rank(of: session.id, fault: fault)
            // Who is not of the fault's group has none.
            guard rank != .max else { continue }
            found.append(RankedSession(slot: slot, ordinal: session.ordinal, rank: rank))
        }
        ranked[fault] = found
        life.record(RankReport(fault: fault, ranks: found.map(\.rank).sorted()))
    }

    private mutating func expect(_ fault: Int, _ reactor: inout Reactor) {
        guard isDecided(fault), let comeback = drops.drop(fault)?.drop.comeback.comeback else { return }
        let (present, absent) = victims(of: fault)
        for slot in present { drive(slot, .commanded(.expectDrop(comeback)), &reactor) }
        log.skipped(absent, fault: fault)
    }

    /// Ends some of the fault's connections; false while there are more.
    private mutating func drop(_ fault: Int, _ reactor: inout Reactor) -> Bool {
        guard let drop = drops.drop(fault)?.drop else { return true }
        var underWay = dropsUnderWay.removeValue(forKey: fault) ?? begin(fault)
        var absent: UInt64 = 0
        injecting = fault
        for (slot, ordinal) in underWay.victims.suffix(WorkerDriver.dropsAtOnce).reversed() {
            guard sessions[slot].phase == .admitted, sessions[slot].ordinal == ordinal else {
                absent += 1
                continue
            }
            drive(slot, .commanded(.drop(drop.comeback.comeback, by: drop.manner)), &reactor)
        }
        injecting = nil
        underWay.victims.removeLast(min(WorkerDriver.dropsAtOnce, underWay.victims.count))
        log.skipped(absent, fault: fault)
        guard underWay.victims.isEmpty else {
            dropsUnderWay[fault] = underWay
            return false
        }
        executed.append(ExecutedInterval(fault: fault, gateway: nil, start: underWay.start, end: Clock.now))
        life.raiseUrgency()
        return true
    }

    /// The end cut is taken: connections that are left were never ended.
    mutating func breakOffDrops() {
        for (fault, underWay) in dropsUnderWay {
            log.skipped(UInt64(underWay.victims.count), fault: fault)
            executed.append(ExecutedInterval(fault: fault, gateway: nil, start: underWay.start, end: Clock.now))
        }
        dropsUnderWay = [:]
    }

    mutating func begin(_ fault: Int) -> DropUnderWay {
        let start = Clock.now
        let (present, absent) = victims(of: fault)
        log.skipped(absent, fault: fault)
        let victims = present.reversed().map { (slot: $0, ordinal: sessions[$0].ordinal) }
        return DropUnderWay(victims: victims, start: start)
    }

    /// Tells a fault's sessions what to do, wherever they are, those that it means something to.
    private mutating func command(
        _ command: SessionCommand,
        _ fault: Int,
        _ reactor: inout Reactor,
        where isMeant: (Session) -> Bool
    ) {
        let start = Clock.now
        let foregroundEnd = drops.foregroundEnd(fault, from: start)
        var absent: UInt64 = 0
        for slot in 0..<sessionCount where segment.plan.isVictim(sessions[slot].id, fault: fault) {
            guard isMeant(sessions[slot]) else {
                absent += 1
                continue
            }
            if let foregroundEnd { open(slot, until: foregroundEnd) }
            drive(slot, .commanded(command), &reactor)
        }
        log.skipped(absent, fault: fault)
        executed.append(ExecutedInterval(fault: fault, gateway: nil, start: start, end: Clock.now))
        life.raiseUrgency()
    }

    /// Whether the victims are known: at once without a gateway in the scope, else with the coordinator's threshold.
    private func isDecided(_ fault: Int) -> Bool {
        drops.drop(fault)?.gateways == nil || thresholds.contains { $0.fault == fault }
    }

    private mutating func wait(_ number: Int, _ reactor: inout Reactor) {
        guard let t0 = life.t0, reactor.now < t0 + drops.steps[number].at + WorkerDriver.patience else { return }
        life.raiseUrgency()
        life.plan(step: number, at: reactor.now + .milliseconds(20))
    }

    /// The slots of the victims that are still on the connection they were chosen on, and the number of the others.
    private func victims(of fault: Int) -> (present: [Int], absent: UInt64) {
        var present: [Int] = []
        var absent: UInt64 = 0
        if let gateways = drops.rerouting(fault)?.gateways {
            // All who are there now: no worker needs to hear of the others' ranks.
            for slot in 0..<sessionCount where sessions[slot].phase == .admitted {
                guard gateways.contains(sessions[slot].gateway) else { continue }
                if segment.plan.rank(of: sessions[slot].id, fault: fault) != .max { present.append(slot) }
            }
        } else if drops.drop(fault)?.gateways == nil {
            for slot in 0..<sessionCount where segment.plan.isVictim(sessions[slot].id, fault: fault) {
                if sessions[slot].phase == .admitted { present.append(slot) } else { absent += 1 }
            }
        } else if let threshold = thresholds.first(where: { $0.fault == fault })?.rank {
            for candidate in ranked[fault] ?? [] where candidate.rank <= threshold {
                let session = sessions[candidate.slot]
                let isThere = session.phase == .admitted && session.ordinal == candidate.ordinal
                if isThere { present.append(candidate.slot) } else { absent += 1 }
            }
        }
        return (present, absent)
    }
}
