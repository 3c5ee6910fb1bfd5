import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastPlan
import HoldfastResult

/// Carries out what the timeline does to processes; what it does to connections, workers and gateways carry out
/// themselves.
struct FaultRunner: Sendable {
    let plan: Plan
    let crew: Crew
    let desk: ControlDesk
    /// Told what could not be carried out, in one line.
    let note: @Sendable (String) -> Void

    /// Carries out every event at its instant; returns when all are done, or soon after the task was cancelled.
    func run(t0: Instant) async {
        let timeline = plan.realTime.timeline
        await withTaskGroup(of: Void.self) { group in
            for (fault, event) in timeline.enumerated() {
                for outage in event.outages {
                    let place = Place(fault: fault, gateway: outage.gateway)
                    group.addTask { await carryOut(event.action, at: t0 + outage.begin, place) }
                }
            }
        }
    }

    private struct Place {
        var fault: Int
        var gateway: GatewayID

        var agent: AgentID { AgentID(role: .gateway, index: Int(gateway)) }

        func interval(from start: Instant, to end: Instant? = nil) -> ExecutedInterval {
            ExecutedInterval(fault: fault, gateway: gateway, start: start, end: end)
        }
    }

    private func carryOut(_ action: FaultAction, at instant: Instant, _ place: Place) async {
        guard await sleep(until: instant) else { return }
        switch action {
        case .drop, .kick, .resume, .registry, .crash, .stall, .overload, .disturb, .reroute, .foreground, .drain,
            .scale, .reloadBalancer:
            break
        case .freeze(let length): await freeze(place, length)
        case .kill(let length):
            guard let end = await kill(place), let length, await sleep(until: end + length) else { return }
            await startAgain(place, since: end)
        case .restart(let restart), .rollingRestart(let restart, _): await self.restart(place, restart)
        }
    }

    private func freeze(_ place: Place, _ length: Span?) async {
        guard let process = living(place) else { return }
        crew.noteFrozen(place.agent, true)
        let start: Instant
        do {
            start = try process.freeze()
        } catch {
            return note("\(place.agent) could not be frozen: \(error.description)")
        }
        await desk.record(place.interval(from: start))
        guard let length, await sleep(until: start + length) else { return }
        crew.noteFrozen(place.agent, false)
        await desk.record(place.interval(from: start, to: process.thaw()))
    }

    /// Returns when it was killed.
    private func kill(_ place: Place) async -> Instant? {
        guard let process = living(place) else { return nil }
        crew.excuse(place.agent)
        let start = process.kill()
        await desk.record(place.interval(from: start))
        _ = await process.waitForExit(within: .seconds(5))
        return start
    }

    /// The gateway's process; a gateway that is gone already was ended by somebody else, which is not booked as ours.
    private func living(_ place: Place) -> ChildProcess? {
        if let process = crew.process(of: place.agent), process.isAlive { return process }
        note("\(place.agent) was gone before event \(place.fault) could be carried out on it")
        return nil
    }

    private func restart(_ place: Place, _ restart: Restart) async {
        guard let process = living(place) else { return }
        let began = ControlClock.now
        var start: Instant?
        switch restart.manner {
        case .kill: start = await kill(place)
        case .graceful:
            // The gateway drains by its own timeline; it is given the drain and a little more to be gone.
            crew.excuse(place.agent)
            let limit = plan.realTime.target.gateway.drain + .seconds(5)
            if await process.waitForExit(within: limit) == nil {
                note("\(place.agent) did not end within \(limit.seconds) s of its restart and was killed")
                start = await kill(place)
            }
        }
        let end = ControlClock.now
        guard await sleep(until: end + restart.down) else { return }
        await startAgain(place, since: start ?? began)
    }

    private func startAgain(_ place: Place, since start: Instant) async {
        let incarnation = crew.incarnation(of: place.agent) + 1
        await desk.expect(place.agent, incarnation: incarnation)
        do {
            try crew.start(place.agent, incarnation: incarnation)
        } catch {
            return note(error.description)
        }
        let limit = ControlClock.now + .seconds(10)
        while ControlClock.now < limit {
            if let stage = await desk.stage(of: place.agent), stage >= .ready {
                return await desk.record(place.interval(from: start, to: ControlClock.now))
            }
            guard await sleep(until: ControlClock.now + .milliseconds(5)) else { return }
        }
        note("\(place.agent) did not come back")
    }
}

/// Sleeps until `instant`; false when the task was cancelled instead.
func sleep(until instant: Instant) async -> Bool {
    while true {
        let rest = instant - ControlClock.now
        guard rest > .zero else { return !Task.isCancelled }
        do {
            try await Task.sleep(for: .nanoseconds(rest.nanoseconds), tolerance: .zero)
        } catch {
            return false
        }
    }
}
