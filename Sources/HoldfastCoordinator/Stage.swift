import Foundation
import HoldfastCollector
import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastPlan
import HoldfastResult
import HoldfastTelemetry
import Synchronization

/// Everything around the agents of one run: janitor, sockets, control server, collector, and somebody else's programs
/// where the plan wants them.
final class Stage: Sendable {
    let preflight: Preflight
    let planHash: String
    let crew: Crew
    let desk: ControlDesk
    let metrics: RunMetrics
    private let janitor: Janitor
    let spawner: Spawner
    let sockets: SocketDirectory
    private let server: ControlServer<ControlDesk>
    /// What gateways know together of the messages to sessions; nil in a plan without any.
    let mailboxes: MailboxPage?
    private let cpuSecondsBefore = AgentUsage.current.cpuSeconds
    let balancer = Mutex<RunningBalancer?>(nil)
    let etcd = Mutex(EtcdState())

    /// The etcd of the run.
    struct EtcdState {
        var program: Etcd?
        /// Whether the timeline keeps it from running.
        var isExcused = false
        var lives = 1
    }

    private init(
        preflight: Preflight,
        planHash: String,
        janitor: Janitor,
        spawner: Spawner,
        sockets: SocketDirectory,
        desk: ControlDesk,
        server: ControlServer<ControlDesk>,
        metrics: RunMetrics,
        mailboxes: MailboxPage?,
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
        self.mailboxes = mailboxes
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
                etcdPort: preflight.etcdPorts?.clients,
                middleboxPorts: preflight.middleboxPorts,
                pushURL: metrics.url
            )
            let desk = ControlDesk(plan: preflight.plan, assignment: assignment)
            let server = ControlServer(socketPath: sockets.path(of: "control.sock"), handler: desk)
            try await server.start()
            let mailboxes = try Stage.mailboxes(plan, sockets)
            // Where there is no room for it, that is said before anybody starts.
            _ = try AccountPage(of: preflight.plan, controlSocket: sockets.path(of: "control.sock"))
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
                mailboxes: mailboxes,
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
        let middlebox = preflight.middleboxPorts.indices.map { AgentID(role: .middlebox, index: $0) }
        let workers = (0..<preflight.workers).map { AgentID(role: .worker, index: $0) }
        return [registry ?? [], gateways + balancers + middlebox + workers]
    }

    /// Takes everything down: agents leave by themselves, whoever does not is killed. Returns what people should know
    /// about it, in plain sentences.
    func strike() async -> [String] {
        var notes: [String] = []
        await desk.finish()
        await crew.end(within: .seconds(8))
        if let balancer = balancer.withLock({ $0.take() }) { await balancer.stop() }
        if let etcd = etcd.withLock({ $0.program.take() }) { await etcd.stop() }
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
