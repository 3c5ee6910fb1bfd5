import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastPlan
import HoldfastResult

/// The etcd behind a registry: started, disturbed, started again.
extension Stage {
    /// How often one that ends by itself is started again.
    private static let mostEtcdLives = 5

    /// Starts the etcd of the plan, where there is one, before gateways report to it.
    func startEtcd(_ directory: RunDirectory) async throws {
        guard let ports = preflight.etcdPorts else { return }
        do {
            let etcd = try Etcd.start(
                address: dottedQuad(FleetAddressing.registry),
                port: ports.clients,
                peerPort: ports.peers,
                dataDirectory: sockets.path(of: "etcd"),
                spawner: spawner,
                logDirectory: directory.logs
            )
            self.etcd.withLock { $0.program = etcd }
            try await etcd.waitUntilReady(within: .seconds(20))
        } catch {
            throw StartFailure("\(error)")
        }
    }

    /// How etcd ended, if it did without being told to, in words; it is started again.
    func etcdEnd() -> String? {
        etcd.withLock { state in
            guard let etcd = state.program, !state.isExcused, let status = etcd.process.pollExit() else { return nil }
            guard state.lives < Stage.mostEtcdLives else { return nil }
            state.lives += 1
            return Stage.startAgain(etcd) ?? "etcd ended (\(status)) and was started again"
        }
    }

    /// Carries out what the timeline does to etcd; `note` is told what could not be.
    func disturbEtcd(_ plan: Plan, t0: Instant, note: @escaping @Sendable (String) -> Void) async {
        guard let etcd = etcd.withLock({ $0.program }) else { return }
        await withTaskGroup(of: Void.self) { group in
            for (fault, event) in plan.realTime.timeline.enumerated() {
                guard case .registry(let disturbance, let length) = event.action, disturbance.isOfEtcd else { continue }
                group.addTask {
                    await self.disturb(etcd, disturbance, fault, from: t0 + event.at, for: length, note)
                }
            }
        }
    }

    private func disturb(
        _ etcd: Etcd,
        _ disturbance: RegistryDisturbance,
        _ fault: Int,
        from begin: Instant,
        for length: Span?,
        _ note: @Sendable (String) -> Void
    ) async {
        guard await sleep(until: begin) else { return }
        if let status = etcd.process.pollExit() { note("etcd had ended (\(status)) when the timeline came to it") }
        self.etcd.withLock { $0.isExcused = true }
        let start: Instant
        if disturbance == .kill {
            start = etcd.process.kill()
            let status = await etcd.process.waitForExit(within: .seconds(5))
            if status == nil, !Task.isCancelled { note("etcd was killed and has not ended") }
        } else {
            do {
                start = try etcd.process.freeze()
            } catch {
                etcd.process.thaw()
                self.etcd.withLock { $0.isExcused = false }
                return note("etcd could not be stopped: \(error.description)")
            }
        }
        await desk.record(ExecutedInterval(fault: fault, gateway: nil, start: start, end: nil))
        guard let length, await sleep(until: start + length) else { return }
        if disturbance == .kill {
            if let failure = Stage.startAgain(etcd) { return note(failure) }
            do throws(ForeignProgramError) {
                try await etcd.waitUntilReady(within: .seconds(20))
            } catch {
                guard !Task.isCancelled else { return }
                note("etcd was started again and did not come back: \(error)")
            }
        } else {
            etcd.process.thaw()
        }
        self.etcd.withLock { $0.isExcused = false }
        await desk.record(ExecutedInterval(fault: fault, gateway: nil, start: start, end: ControlClock.now))
    }

    /// What kept it from being started again.
    private static func startAgain(_ etcd: Etcd) -> String? {
        do throws(ForeignProgramError) {
            try etcd.startAgain()
            return nil
        } catch {
            return "etcd ended and could not be started again: \(error)"
        }
    }
}

extension RegistryDisturbance {
    /// Whether it is etcd that it happens to, where there is one.
    fileprivate var isOfEtcd: Bool {
        switch self {
        case .kill, .pause: true
        case .shrink: false
        }
    }
}
