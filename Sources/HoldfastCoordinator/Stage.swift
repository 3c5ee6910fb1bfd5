import Foundation
import HoldfastCollector
import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastPlan
import HoldfastResult
import HoldfastTelemetry
import Synchronization

/// Everything around the agents of one run: janitor, sockets, control server, collector, and HAProxy where the plan
/// wants it.
final class Stage: Sendable {
    let preflight: Preflight
    let planHash: String
    let crew: Crew
    let desk: ControlDesk
    let metrics: RunMetrics
    private let janitor: Janitor
    private let spawner: Spawner
    private let sockets: SocketDirectory
    private let server: ControlServer<ControlDesk>
    private let cpuSecondsBefore = AgentUsage.current.cpuSeconds
    private let haproxy = Mutex<HAProxy?>(nil)

    private init(
        preflight: Preflight,
        planHash: String,
        janitor: Janitor,
        spawner: Spawner,
        sockets: SocketDirectory,
        desk: ControlDesk,
        server: ControlServer<ControlDesk>,
        metrics: RunMetrics,
        crew: Crew
    ) {
        self.preflight = preflight
        self.planHash = planHash
        self.janitor = janitor
        self.spawner = spawner
        self.sockets = sockets
        self.desk = desk
        self.server = server
        self.metrics = metrics
        self.crew = crew
    }

    /// Checks the machine and sets everything up that agents need before the first of them starts.
    static func set(plan: Plan, options: RunOptions, directory: RunDirectory) async throws -> Stage {
        let preflight = try Preflight(plan: plan)
        guard let executable = options.executable ?? Executable.current() else {
            throw StartFailure("the program does not know its own path; is /proc mounted?")
        }
        let text = preflight.plan.resolvedYAML()
        try directory.write(text, to: "plan.yaml")
        do {
            let janitor = try Janitor()
            let sockets = try SocketDirectory(janitor: janitor)
            let run = UInt64.random(in: .min ... .max)
            let metrics = try await RunMetrics(
                pushURL: options.pushURL,
                databasePath: directory.database,
                run: run,
                plan: plan
            )
            let assignment = Assignment(
                planText: text,
                planHash: preflight.plan.hash,
                run: run,
                workers: preflight.workers,
                gatewayPort: preflight.gatewayPort,
                balancerPort: preflight.balancerPort,
                registryPort: preflight.registryPort,
                pushURL: metrics.url
            )
            let desk = ControlDesk(plan: preflight.plan, assignment: assignment)
            let server = ControlServer(socketPath: sockets.path(of: "control.sock"), handler: desk)
            try await server.start()
            let spawner = Spawner(janitor: janitor)
            let crew = Crew(
                spawner: spawner,
                lifeline: try HoldfastLab.Lifeline(),
                executable: executable,
                controlSocket: sockets.path(of: "control.sock"),
                logDirectory: directory.logs
            )
            return Stage(
                preflight: preflight,
                planHash: preflight.plan.hash,
                janitor: janitor,
                spawner: spawner,
                sockets: sockets,
                desk: desk,
                server: server,
                metrics: metrics,
                crew: crew
            )
        } catch let failure as StartFailure {
            throw failure
        } catch {
            throw StartFailure("\(error)")
        }
    }

    /// The agents of the run in the order in which they start: each group when the one before is ready.
    var agents: [[AgentID]] {
        let plan = preflight.plan
        // Gateways report to it from their first moment.
        let registry = plan.target.registry.map { _ in [AgentID(role: .registry, index: 0)] }
        let gateways = (0..<GatewayID(plan.target.gateways)).flatMap { plan.processes(ofGateway: $0) }
        // Carriers before the balancer, which gives them connections.
        let balancers = plan.balancerAgents.reversed()
        let workers = (0..<preflight.workers).map { AgentID(role: .worker, index: $0) }
        return [registry ?? [], gateways + balancers + workers]
    }

    /// Takes everything down: agents leave by themselves, whoever does not is killed. Returns what people should know
    /// about it, in plain sentences.
    func strike() async -> [String] {
        var notes: [String] = []
        await desk.finish()
        await crew.end(within: .seconds(8))
        if let haproxy = haproxy.withLock({ $0.take() }) { await haproxy.stop() }
        if let error = await reportOwnUsage(await metrics.end()) { notes.append("metrics: \(error)") }
        await server.stop()
        let end = janitor.stop()
        if end == .incomplete || end == .lost { notes.append("the clean-up process ended \(end.rawValue)") }
        return notes
    }

    /// The coordinator is a process of the run as well. Returns what went wrong with its metrics, when some were lost.
    private func reportOwnUsage(_ pushes: PushSummary) async -> String? {
        var harness = HarnessReport()
        AgentUsage.current.fill(&harness)
        // Whoever built the program in the same process (swift run) has used time that is not the run's.
        harness.cpuSeconds -= cpuSecondsBefore
        harness.batchesLost = pushes.batchesLost
        await desk.record(
            AgentReport(
                agent: AgentID(role: .coordinator, index: 0),
                incarnation: 0,
                sequence: 1,
                stage: .ended,
                harness: harness
            )
        )
        return pushes.batchesLost > 0 ? pushes.lastError : nil
    }
}

// MARK: - HAProxy

extension Stage {
    /// Starts HAProxy in front of gateways that listen already.
    func startHAProxy(_ plan: Plan, _ directory: RunDirectory) async throws {
        guard plan.target.via == .haproxy else { return }
        let limits = SystemLimits.current()
        let configuration = HAProxyConfiguration(
            address: dottedQuad(FleetAddressing.balancer),
            port: preflight.balancerPort,
            gatewayAddresses: (0..<plan.target.gateways).map { dottedQuad(FleetAddressing.gateway(GatewayID($0))) },
            gatewayPort: preflight.gatewayPort,
            algorithm: plan.target.algorithm,
            weights: plan.target.gateway.weights,
            capacity: plan.target.gateway.capacity,
            boundedLoad: plan.target.boundedLoad,
            maximumConnections: HAProxyConfiguration.maximumConnections(
                descriptorLimit: limits.descriptorsHard,
                servers: plan.target.gateways
            ),
            acceptQueue: limits.acceptQueue,
            connectTimeout: plan.target.balancer.connectTimeout
        )
        do {
            let haproxy = try await HAProxy.start(
                configuration,
                spawner: spawner,
                socketDirectory: sockets.path,
                logDirectory: directory.logs
            )
            self.haproxy.withLock { $0 = haproxy }
            try await haproxy.waitUntilReady(within: .seconds(10))
        } catch {
            throw StartFailure("\(error)")
        }
    }

    /// How HAProxy ended, if it did.
    func haproxyExit() -> ExitStatus? { haproxy.withLock { $0?.process.pollExit() } }

    /// Asks HAProxy for its counts at every whole plan second; nil when there is none. `noteSilence` hears, once, since
    /// which second it answers no more.
    func watchHAProxy(
        _ plan: Plan,
        t0: Instant,
        noteSilence: @escaping @Sendable (_ second: Int32) -> Void
    ) -> Task<Void, Never>? {
        guard let haproxy = haproxy.withLock({ $0 }) else { return nil }
        let timing = RunTiming(plan: plan)
        return Task { [desk] in
            var report = AgentReport(
                agent: AgentID(role: .balancer, index: 0),
                incarnation: 0,
                sequence: 0,
                stage: .running,
                harness: HarnessReport()
            )
            var silentSince: Int32?
            var isNoted = false
            for second in 0...timing.endSecond {
                let instant = timing.cutInstant(second, after: t0)
                guard await sleep(until: instant) else { return }
                // Each question to one that is silent takes its two seconds; those that became due meanwhile are left.
                if silentSince != nil, ControlClock.now - instant > .seconds(1) { continue }
                guard let servers = try? haproxy.servers() else {
                    if let silentSince, !isNoted, haproxy.process.isAlive {
                        noteSilence(silentSince)
                        isNoted = true
                    }
                    silentSince = silentSince ?? second
                    continue
                }
                silentSince = nil
                var cut = Cut(second: second)
                cut.populations = servers.map { server in
                    GatewayPopulation(
                        gateway: GatewayID(server.gateway),
                        opened: UInt64(server.connectionsTotal),
                        closed: UInt64(server.connectionsTotal - server.connections),
                        digest: Digest()
                    )
                }
                report.sequence += 1
                report.stage = second == timing.endSecond ? .ended : .running
                report.cuts = [cut]
                await desk.record(report)
            }
        }
    }
}
