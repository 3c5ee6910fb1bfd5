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
        let real = plan.realTime
        await withTaskGroup(of: Void.self) { group in
            for scaling in real.scalings {
                for gateway in scaling.added {
                    let place = Place(fault: scaling.fault, gateway: gateway)
                    group.addTask { await add(place, at: t0 + scaling.at, t0: t0) }
                }
                for gateway in scaling.removed {
                    let place = Place(fault: scaling.fault, gateway: gateway)
                    group.addTask { await remove(place, at: t0 + scaling.at) }
                }
            }
            for (fault, event) in real.timeline.enumerated() {
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

        func interval(from start: Instant, to end: Instant? = nil) -> ExecutedInterval {
            ExecutedInterval(fault: fault, gateway: gateway, start: start, end: end)
        }
    }

    /// One of the processes that a gateway consists of.
    private typealias Living = (agent: AgentID, process: ChildProcess)

    private func carryOut(_ action: FaultAction, at instant: Instant, _ place: Place) async {
        switch action {
        case .restart(let restart) where restart.manner == .graceful,
            .rollingRestart(let restart, _) where restart.manner == .graceful:
            return await restartGracefully(place, restart, at: instant)
        default: break
        }
        guard await sleep(until: instant) else { return }
        switch action {
        case .drop, .kick, .resume, .registry, .crash, .stall, .overload, .disturb, .reroute, .foreground, .drain,
            .scale, .reloadBalancer:
            break
        case .freeze(let length): await freeze(place, length)
        case .kill(let length):
            guard let end = await kill(place), let length, await sleep(until: end + length) else { return }
            await startAgain(place, since: end)
        case .restart(let restart), .rollingRestart(let restart, _):
            guard let end = await kill(place), await sleep(until: ControlClock.now + restart.down) else { return }
            await startAgain(place, since: end)
        }
    }

    private func freeze(_ place: Place, _ length: Span?) async {
        var frozen: [Living] = []
        var start: Instant?
        for (agent, process) in living(place) {
            crew.noteFrozen(agent, true)
            do {
                let instant = try process.freeze()
                start = start ?? instant
                frozen.append((agent, process))
            } catch {
                note("\(agent) could not be frozen: \(error.description)")
            }
        }
        guard let start else { return }
        await desk.record(place.interval(from: start))
        guard let length, await sleep(until: start + length) else { return }
        var end = start
        for (agent, process) in frozen {
            crew.noteFrozen(agent, false)
            end = process.thaw()
        }
        await desk.record(place.interval(from: start, to: end))
    }

    /// Returns when it was killed.
    private func kill(_ place: Place) async -> Instant? {
        let living = living(place)
        for (agent, _) in living { crew.excuse(agent) }
        var start: Instant?
        for (_, process) in living {
            let instant = process.kill()
            start = start ?? instant
        }
        guard let start else { return nil }
        await desk.record(place.interval(from: start))
        for (_, process) in living { _ = await process.waitForExit(within: .seconds(5)) }
        return start
    }

    /// The gateway's processes; one that is gone already was ended by somebody else, which is not booked as ours.
    private func living(_ place: Place) -> [Living] {
        plan.processes(ofGateway: place.gateway).compactMap { agent in
            if let process = crew.process(of: agent), process.isAlive { return (agent, process) }
            note("\(agent) was gone before event \(place.fault) could be carried out on it")
            return nil
        }
    }

    private func restartGracefully(_ place: Place, _ restart: Restart, at instant: Instant) async {
        guard let living = await leaving(place, at: instant) else { return }
        let began = ControlClock.now
        let killed = await waitUntilLeft(place, living)
        guard await sleep(until: ControlClock.now + restart.down) else { return }
        await startAgain(place, since: killed ?? began)
    }

    /// Returns at `instant`, at which the gateway's processes begin to leave; nil when there are none, or when the task
    /// was cancelled. Who has nobody is gone within milliseconds, so their end is no loss from a little earlier on.
    private func leaving(_ place: Place, at instant: Instant) async -> [Living]? {
        guard await sleep(until: instant - .milliseconds(200)) else { return nil }
        let living = living(place)
        for (agent, _) in living { crew.excuse(agent) }
        guard !living.isEmpty, await sleep(until: instant) else { return nil }
        return living
    }

    /// The gateway drains by its own timeline; it is given the drain and a little more to be gone. Returns when it was
    /// killed, if it had to be.
    private func waitUntilLeft(_ place: Place, _ living: [Living]) async -> Instant? {
        let limit = plan.realTime.target.gateway.drain + .seconds(5)
        let deadline = ControlClock.now + limit
        var killed: Instant?
        for (agent, process) in living where await process.waitForExit(until: deadline) == nil {
            note("\(agent) did not end within \(limit.seconds) s of being asked to and was killed")
            let instant = process.kill()
            killed = killed ?? instant
            _ = await process.waitForExit(within: .seconds(5))
        }
        if let killed { await desk.record(place.interval(from: killed)) }
        return killed
    }

    private func startAgain(_ place: Place, since start: Instant) async {
        guard await begin(place) else { return }
        await desk.record(place.interval(from: start, to: ControlClock.now))
    }

    /// Starts the gateway's processes, and waits until they listen; false when they do not, which it notes.
    private func begin(_ place: Place) async -> Bool {
        let agents = plan.processes(ofGateway: place.gateway)
        do {
            for agent in agents {
                let incarnation = crew.process(of: agent).map { _ in crew.incarnation(of: agent) + 1 } ?? 0
                await desk.expect(agent, incarnation: incarnation)
                try crew.start(agent, incarnation: incarnation)
            }
        } catch {
            note(error.description)
            return false
        }
        let limit = ControlClock.now + .seconds(10)
        for agent in agents {
            while await desk.stage(of: agent).map({ $0 < .ready }) ?? true {
                guard ControlClock.now < limit else {
                    note("\(agent) did not begin to listen within 10 s of its start")
                    return false
                }
                guard await sleep(until: ControlClock.now + .milliseconds(5)) else { return false }
            }
        }
        return true
    }

    // MARK: Scaling

    /// Our own balancer knows when the fleet grows, and nginx is told then: whoever joins listens by then, and nobody
    /// finds it earlier. Others notice a gateway as soon as it listens.
    private func add(_ place: Place, at instant: Instant, t0: Instant) async {
        let isHidden = plan.target.via == .nginx || plan.target.via == .embedded && plan.target.registry == nil
        let removals = plan.realTime.scalings.filter { $0.removed.contains(place.gateway) }
        let removal = removals.last { t0 + $0.at < instant }
        let start = isHidden ? max(t0 + (removal?.at ?? .zero), instant - .seconds(2)) : instant
        guard await sleep(until: start) else { return }
        let limit = ControlClock.now + plan.realTime.target.gateway.drain + .seconds(5)
        for agent in plan.processes(ofGateway: place.gateway) {
            _ = await crew.process(of: agent)?.waitForExit(until: limit)
        }
        guard !Task.isCancelled else { return }
        if let next = removals.first(where: { t0 + $0.at >= instant }), ControlClock.now >= t0 + next.at {
            return note("gateway \(place.gateway) was still draining when it was to come back, and did not")
        }
        guard await begin(place), await sleep(until: instant) else { return }
        let now = ControlClock.now
        await desk.record(place.interval(from: now, to: now))
        guard let removal else { return }
        await desk.record(Place(fault: removal.fault, gateway: place.gateway).interval(from: now, to: now))
    }

    private func remove(_ place: Place, at instant: Instant) async {
        guard let living = await leaving(place, at: instant) else { return }
        _ = await waitUntilLeft(place, living)
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
