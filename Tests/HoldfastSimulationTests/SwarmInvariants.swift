import HoldfastCore
import HoldfastPlan
import HoldfastResult

@testable import HoldfastSimulation

/// What must hold at the end of every run, whatever was done to it.
enum SwarmInvariants {
    /// The invariants that a run of `plan` broke, each as a sentence.
    static func broken(_ plan: Plan, planted: PlantedBug? = nil) -> [String] {
        var simulation = Simulation(plan: plan)
        simulation.planted = planted
        var found: [String] = []
        var pending: UInt64 = 0
        let outcome = simulation.run { world in
            pending = UInt64((0..<world.sessionCount).count { world.seats[$0].session.phase.isAttempt })
            found += forgotten(world)
            found += unbounded(world)
            found += business(world)
        }
        let result = outcome.result
        found += conservation(plan, result)
        found += attempts(result, pending)
        found += ledger(result)
        found += ghosts(plan, result)
        return found
    }

    /// Every session is established, waits for something that will come, or has stopped.
    private static func forgotten(_ world: borrowing World) -> [String] {
        var found: [String] = []
        for id in 0..<world.sessionCount {
            let session = world.seats[id].session
            let seat = world.seats[id]
            let isArmed = seat.armed != .never && seat.armed >= world.now && seat.armed <= session.deadline
            let isWoken = seat.isSkipping || isArmed
            switch session.phase {
            case .stopped: break
            case .admitted:
                if session.deadline != .never, !isWoken { found.append("session \(id) will not beat") }
            case .idle, .waiting, .connecting, .loggingIn:
                if !isWoken { found.append("session \(id) is forgotten while \(session.phase)") }
            }
        }
        return found
    }

    /// What waits, and what is kept, is a matter of the sessions and not of time.
    private static func unbounded(_ world: borrowing World) -> [String] {
        var found: [String] = []
        // An attempt that failed at once leaves its timeout waiting.
        let timeouts = world.segments[0].pace.peak * UInt64(world.policy.connectTimeout.seconds + 1)
        let allowance =
            8 * world.sessionCount + 2 * world.steps.count + 4 * world.paths.count + 16 + Int(timeouts)
            + 4 * world.business.count
        let idle = world.paths.filter { key, path in
            let isCurrent = world.seats[Int(key.session)].session.ordinal == key.ordinal
            let isUnderWay = max(path.up.lastArrival, path.down.lastArrival) >= world.now
            let isKept = isUnderWay || path.up.timer.isOutstanding || path.down.timer.isOutstanding
            return !isCurrent && !isKept && world.gateway(of: key) == nil
        }
        if let first = idle.first {
            found.append("\(idle.count) paths of nobody are kept, such as \(first.key): \(first.value)")
        }
        if world.queue.count > allowance { found.append("\(world.queue.count) events wait") }
        return found
    }

    /// Messages and requests are conserved, a fleet that keeps messages loses none, and whatever is due will be done.
    private static func business(_ world: borrowing World) -> [String] {
        var found: [String] = []
        if let messages = world.messagesAtEnd {
            let there = messages.delivered + messages.pending
            if there > messages.pushed { found.append("\(there) messages of \(messages.pushed) arrived or may") }
            if messages.delayed > messages.delivered { found.append("more messages delayed than delivered") }
            let isKept = world.real.workload.push.map { $0.queue == .offline && $0.isAcknowledged } ?? false
            if isKept, there < messages.pushed { found.append("\(messages.pushed - there) kept messages are lost") }
        }
        let outstanding = world.business.reduce(0) { $0 + UInt64($1.requester.outstanding) }
        let requests = world.requests
        let known = requests.answered + requests.timedOut + requests.failed + outstanding
        if known != requests.sent { found.append("\(requests.sent) requests sent, \(known) known") }
        for (id, part) in world.business.enumerated() where part.deadline != .never {
            if part.armed < world.now || part.armed > max(world.now, part.deadline) {
                found.append("the business of session \(id) is forgotten")
            }
        }
        return found
    }

    private static func conservation(_ plan: Plan, _ result: RunResult) -> [String] {
        var found: [String] = []
        let stopped = result.sessions.stopped.byReason.values.reduce(0) { $0 + ($1 ?? 0) }
        let established = result.sessions.establishedAtEnd ?? 0
        let all = established + (result.sessions.waitingAtEnd ?? 0) + stopped
        if all != UInt64(plan.sessions) { found.append("\(all) of \(plan.sessions) sessions are accounted for") }
        let connections = result.gateways.reduce(0) { $0 + ($1.connectionsAtEnd ?? 0) }
        if connections != established { found.append("\(connections) connections of \(established) sessions") }
        let beats = result.heartbeats
        // Beats under way when counting began are answered after it.
        if (beats.answered ?? 0) > (beats.sent ?? 0) + UInt64(plan.sessions) {
            found.append("more beats answered than sent")
        }
        return found
    }

    private static func attempts(_ result: RunResult, _ pending: UInt64) -> [String] {
        let failed = result.connects.failed.byReason.values.reduce(0) { $0 + ($1 ?? 0) }
        let ended = (result.connects.succeeded ?? 0) + failed + pending
        guard ended != result.connects.attempted else { return [] }
        return ["\(result.connects.attempted ?? 0) connects attempted, \(ended) ended or pending"]
    }

    private static func ledger(_ result: RunResult) -> [String] {
        var found: [String] = []
        let total = result.disconnects.total ?? 0
        let byCause = result.disconnects.byCause.values.reduce(0) { $0 + ($1 ?? 0) }
        let byMechanism = result.disconnects.byMechanism.values.reduce(0) { $0 + ($1 ?? 0) }
        let lines = result.disconnects.ledger.reduce(0) { $0 + $1.count }
        if byCause != total { found.append("\(total) disconnects, \(byCause) by cause") }
        if byMechanism != total { found.append("\(total) disconnects, \(byMechanism) by mechanism") }
        if lines != total { found.append("\(total) disconnects, \(lines) in the ledger's lines") }
        if result.disconnects.seenByCuts != total {
            found.append("\(total) disconnects, \(result.disconnects.seenByCuts ?? 0) seen by cuts")
        }
        if result.disconnects.undecided != 0 { found.append("undecided disconnects") }
        if result.disconnects.unexplained != 0 {
            let lines = result.disconnects.ledger.filter { $0.cause == "unexplained" }
            let mechanisms = lines.map { "\($0.count) by \($0.mechanism)" }.joined(separator: ", ")
            found.append("\(result.disconnects.unexplained ?? 0) unexplained disconnects, \(mechanisms)")
        }
        return found
    }

    /// Only a vanished client, or a gateway that stands still, leaves somebody with a connection that the other side
    /// does not have.
    private static func ghosts(_ plan: Plan, _ result: RunResult) -> [String] {
        let mayLeaveGhosts = plan.timeline.contains { event in
            switch event.action {
            case .drop(let drop): drop.manner == .vanish
            case .freeze, .crash, .stall, .overload, .disturb, .reroute: true
            case .kill, .restart, .rollingRestart, .kick, .resume, .registry, .foreground, .drain, .scale,
                .reloadBalancer:
                false
            }
        }
        guard !mayLeaveGhosts, plan.target.middlebox == nil, plan.target.balancer.idleTimeout == nil else { return [] }
        var found: [String] = []
        for gateway in result.gateways where (gateway.ghostsPeak ?? 0) > 0 {
            found.append("\(gateway.ghostsPeak ?? 0) ghosts on gateway \(gateway.id)")
        }
        for gateway in result.gateways where gateway.inServiceAtEnd == true && result.plan.via != "client" {
            let (own, balancer) = (gateway.ownConnectionsAtEnd ?? 0, gateway.balancerConnectionsAtEnd ?? 0)
            // Messages under way at the end cut, one for each session at most.
            if balancer > own + UInt64(plan.sessions) / 2 + 2 {
                found.append("the balancer counts \(balancer) on gateway \(gateway.id), which has \(own)")
            }
        }
        return found
    }
}

extension Session.Phase {
    fileprivate var isAttempt: Bool { self == .connecting || self == .loggingIn }
}
