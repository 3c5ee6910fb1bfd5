import Glibc
import HoldfastControl
import HoldfastCore
import HoldfastHTTP
import HoldfastPlan
import HoldfastReactor
import HoldfastResult
import HoldfastTelemetry

/// How a process of the fleet came to its end.
public enum FleetExit: Equatable, Sendable {
    /// The coordinator has everything.
    case finished
    /// The timeline asked for a graceful stop, which is over.
    case left
    /// The coordinator has not answered for ten seconds.
    case coordinatorLost
}

/// Runs gateway `index`, or process `shard` of it, of the run whose coordinator listens on the Unix socket
/// `controlSocket`, on the calling thread, until it is told to leave. `incarnation` is 0 for its first life.
///
/// Throws `ControlLinkError`, `SystemError` or `PlanError`.
public func runGateway(controlSocket: String, index: Int, shard: Int = 0, incarnation: UInt32) throws -> FleetExit {
    let agent = AgentID(role: .gateway, index: index, shard: shard)
    let process = try FleetProcess(agent, controlSocket, incarnation)
    let isShard = process.plan.gatewayProcesses > 1
    let identity = GatewayServer.Identity(
        gateway: GatewayID(index),
        incarnation: incarnation,
        run: process.assignment.run,
        endpoint: Endpoint(
            address: FleetAddressing.gateway(GatewayID(index)),
            port: process.assignment.gatewayPort
        ),
        isShard: isShard
    )
    // Twice, because a session that comes back may overlap with what is left of its last connection.
    let capacity = min(process.descriptors, 2 * process.plan.sessions + 64)
    // Of each life its own: whoever is killed does not count back.
    let path = "\(controlSocket).gateway-\(index)-\(incarnation)"
    let page = isShard ? try GatewayPage(path: path) : GatewayPage()
    let handoffPath = process.plan.handsOff ? PassagePath.gateway(index, shard: shard, controlSocket) : nil
    return try process.run(
        GatewayRole(
            identity: identity,
            plan: process.plan,
            capacity: capacity,
            page: page,
            handoffPath: handoffPath,
            mailboxes: try process.mailboxes(controlSocket),
            accounts: try AccountPage(of: process.plan, controlSocket: controlSocket),
            shard: shard,
            assignment: process.assignment
        )
    )
}

/// Runs balancer `index`, or its carrier `shard` from 1, of the run whose coordinator listens on the Unix socket
/// `controlSocket`, on the calling thread, until it is told to leave. `incarnation` is 0 for its first life.
///
/// Throws as `runGateway`.
public func runBalancer(
    controlSocket: String,
    index: Int,
    shard: Int = 0,
    incarnation: UInt32
) throws -> FleetExit {
    let agent = AgentID(role: .balancer, index: index, shard: shard)
    let process = try FleetProcess(agent, controlSocket, incarnation)
    let plan = process.plan
    let capacity = min(process.descriptors / 2, 2 * plan.sessions + plan.forgottenAtOnce + 64)
    let table = plan.realTime.target.balancer.table
    guard shard == 0 else {
        let path = PassagePath.carrier(shard, controlSocket)
        return try process.run(CarrierServer(path: path, gateways: plan.mostGateways, capacity: capacity, table: table))
    }
    let sources = Host.firstEphemeralPort.flatMap {
        SourceAddressing(crowd: plan.target.crowd, low: $0, excluded: plan.excludedPorts)
    }
    let surroundings = ProxyServer.Surroundings(
        endpoint: Endpoint(address: FleetAddressing.balancer, port: process.assignment.balancerPort),
        isShared: plan.target.balancer.instances > 1,
        gatewayPort: process.assignment.gatewayPort,
        sources: sources,
        connectTimeout: plan.target.balancer.connectTimeout,
        carriage: Carriage(plan, controlSocket),
        checks: HealthChecker.Policy(plan, gatewayPort: process.assignment.gatewayPort),
        table: table
    )
    return try process.run(BalancerRole(plan: plan, surroundings: surroundings, capacity: capacity))
}

/// What gateways, balancers, middleboxes and registries have in common: joining, living on a reactor, leaving.
struct FleetProcess {
    /// Descriptors that are not for connections: standard streams, reactor, libcurl, the listener.
    private static let reserve = 64
    private static let lastReportLimit = Span.seconds(2)
    private static let lastPushLimit = Span.seconds(2)
    /// A restart must not become longer because nobody collects its metrics.
    private static let leavingPushLimit = Span.milliseconds(200)

    let assignment: Assignment
    let plan: Plan
    /// Connections that this process may hold at once.
    let descriptors: Int

    private let client: HTTPClient
    private let link: ControlLink
    private let waker: Waker
    private let join: Join

    init(_ agent: AgentID, _ controlSocket: String, _ incarnation: UInt32) throws {
        descriptors = max(FleetProcess.reserve, Host.raiseDescriptorLimit() - FleetProcess.reserve)
        join = Join(
            agent: agent,
            incarnation: incarnation,
            build: BuildIdentity.current,
            pid: getpid()
        )
        let waker = try Waker()
        self.waker = waker
        client = HTTPClient(name: "control")
        link = ControlLink(socketPath: controlSocket, client: client) { waker.wake() }
        assignment = try link.join(join)
        plan = try Plan.parse(text: assignment.planText, file: "assignment", catalogue: nil)
    }

    /// What gateways know together of the messages to sessions; nil in a plan without any.
    func mailboxes(_ controlSocket: String) throws -> MailboxPage? {
        guard plan.workload.push != nil else { return nil }
        return try MailboxPage(path: MailboxPage.path(controlSocket: controlSocket), sessions: plan.sessions)
    }

    func run<Role: FleetRole & ~Copyable>(_ role: consuming Role) throws -> FleetExit {
        defer { client.shutdown() }
        var reactor = try Reactor(capacity: role.slots, waker: waker)
        let life = AgentLife(agent: join.agent, incarnation: join.incarnation, timing: RunTiming(plan: plan))
        let pusher = assignment.pushURL.map { url in
            MetricsPusher(url: url, resource: resource, seed: Seed(plan.seed), actor: actor)
        }
        var driver = FleetDriver(role: role, life: life, link: link, pusher: pusher)
        driver.begin(&reactor)
        reactor.run(&driver)
        // How many batches were lost is only known now, so the report comes last.
        _ = pusher?.finish(deadline: driver.exit == nil ? FleetProcess.leavingPushLimit : FleetProcess.lastPushLimit)
        if driver.exit == nil || (driver.exit == .finished && pusher != nil) {
            _ = link.finalFlush(driver.lastReport(reactor), within: FleetProcess.lastReportLimit)
        }
        switch driver.exit {
        case nil: return .left
        case .finished: return .finished
        case .coordinatorLost: return .coordinatorLost
        }
    }

    private var resource: MetricsResource {
        MetricsResource(
            run: assignment.run,
            plan: plan.name,
            role: join.agent.role.rawValue,
            index: join.agent.index,
            shard: join.agent.shard,
            version: BuildIdentity.version
        )
    }

    private var actor: UInt32 {
        let index = UInt32(join.agent.index)
        switch join.agent.role {
        case .gateway: return HoldfastCore.actor(.gateway, index)
        case .balancer: return HoldfastCore.actor(.balancer, index)
        // Behind the registry's, of which there is one.
        case .middlebox: return HoldfastCore.actor(.exporter, .max - 1 - index)
        // Workers begin at 0 there.
        case .coordinator, .registry, .worker: return HoldfastCore.actor(.exporter, .max - index)
        }
    }
}
