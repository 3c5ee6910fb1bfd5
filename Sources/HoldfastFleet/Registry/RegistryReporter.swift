import HoldfastControl
import HoldfastCore
import HoldfastHTTP
import HoldfastPlan
import HoldfastReactor
import HoldfastResult
import Synchronization

/// Tells the registry how many connections a gateway has, on libcurl's thread: at once, then when all gateways do.
final class RegistryReporter: Sendable {
    private let client: HTTPClient
    private let registrar: any Registrar
    private let times: ReportTimes
    private let load: @Sendable () -> UInt64
    private let isLeaving = Atomic(false)
    private let schedule = Mutex(Schedule())

    /// A new plan is a new generation; reports of an older one are not made.
    private struct Schedule {
        var t0: Instant?
        var generation = 0
    }

    /// Reports of `gateway` to the registry of `plan`, which has one, at the port that `assignment` says; `load` is
    /// called on libcurl's thread until `stop` returns. Nil in a run without a registry.
    init?(plan: Plan, assignment: Assignment, gateway: GatewayID, load: @escaping @Sendable () -> UInt64) {
        guard let settings = plan.realTime.target.registry, let times = ReportTimes(plan) else { return nil }
        let client = HTTPClient(name: "registry")
        switch (settings.source, assignment.etcdPort, assignment.registryPort) {
        case (.etcd, let port?, _):
            registrar = EtcdRegistrar(client: client, port: port, gateway: gateway, ttl: settings.ttl)
        case (_, _, let port?):
            registrar = RoutingServiceRegistrar(client: client, port: port, gateway: gateway)
        default: return nil
        }
        self.client = client
        self.times = times
        self.load = load
    }

    /// The gateway takes connections from now on.
    func begin() {
        let now = Clock.now
        client.run(afterMilliseconds: 0) { [weak self] in
            guard let self, !self.isLeaving.load(ordering: .relaxed) else { return }
            self.sayLoad()
        }
        report(due: times.next(after: now, t0: nil), generation: 0)
    }

    /// From now on it reports when all others do.
    func start(at t0: Instant) {
        let generation = schedule.withLock { schedule in
            schedule.t0 = t0
            schedule.generation += 1
            return schedule.generation
        }
        report(due: times.next(after: Clock.now, t0: t0), generation: generation)
    }

    /// The gateway is about to go.
    func leave() {
        isLeaving.store(true, ordering: .relaxed)
        registrar.leave()
    }

    /// The gateway is back, and reports when all others do.
    func comeBack(t0: Instant) {
        isLeaving.store(false, ordering: .relaxed)
        start(at: t0)
    }

    /// Waits until nothing more is said.
    func stop() { client.shutdown() }

    private func report(due: Instant, generation: Int) {
        client.run(afterMilliseconds: max(0, (due - Clock.now).nanoseconds / 1_000_000)) { [weak self] in
            guard let self, !self.isLeaving.load(ordering: .relaxed) else { return }
            let schedule = self.schedule.withLock { $0 }
            guard schedule.generation == generation else { return }
            self.sayLoad()
            // Whoever stood still makes up for nothing.
            self.report(due: self.times.next(after: max(due, Clock.now), t0: schedule.t0), generation: generation)
        }
    }

    private func sayLoad() {
        registrar.report(load()) { [weak self] in
            // It may have come after the goodbye, and have brought the gateway back.
            if let self, self.isLeaving.load(ordering: .relaxed) { self.registrar.leave() }
        }
    }
}
