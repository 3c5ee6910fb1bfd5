import Glibc
import HoldfastControl
import HoldfastCore
import HoldfastHTTP
import HoldfastPlan
import HoldfastReactor
import HoldfastResult
import HoldfastTelemetry

/// A worker process: joins the run, holds its share of the sessions, and leaves when the coordinator has everything.
public enum Worker {
    /// Lives the whole life of worker `index`; blocks. Returns why it left.
    public static func run(socketPath: String, index: Int, incarnation: UInt32) throws -> LifeExit {
        let client = HTTPClient(name: "control")
        defer { client.shutdown() }
        _ = Host.raiseDescriptorLimit()
        let waker = try Waker()
        let link = ControlLink(socketPath: socketPath, client: client) { waker.wake() }
        let agent = AgentID(role: .worker, index: index)
        let join = Join(agent: agent, incarnation: incarnation, build: BuildIdentity.current, pid: getpid())
        let assignment = try link.join(join)
        let plan = try PlanReader.read(text: assignment.planText, file: "plan.yaml", catalogue: nil).plan
        guard
            let segment = WorkerSegment(
                plan: plan,
                assignment: assignment,
                index: index,
                firstEphemeralPort: Host.firstEphemeralPort ?? 32_768
            )
        else { throw WorkerError.noPorts(sessionsPerAddress: plan.target.crowd) }
        var life = AgentLife(agent: agent, incarnation: incarnation, timing: RunTiming(plan: plan))
        life.becomeReady()
        let pusher = assignment.pushURL.map { url in
            MetricsPusher(
                url: url,
                resource: MetricsResource(
                    run: assignment.run,
                    plan: plan.name,
                    role: agent.role.rawValue,
                    index: index,
                    version: BuildIdentity.version
                ),
                seed: Seed(plan.seed),
                actor: actor(.exporter, UInt32(index))
            )
        }
        let memory = SessionMemory()
        var reactor = try Reactor(capacity: WorkerDriver.slots(for: segment), waker: waker)
        reactor.attemptLimit = segment.attemptLimit
        var driver = WorkerDriver(segment: segment, life: life, link: link, pusher: pusher, memory: memory)
        driver.routes = segment.registryPort.map { RouteClient(port: $0) { waker.wake() } }
        driver.accounts = try AccountPage(of: plan, controlSocket: socketPath)
        driver.live(&reactor)
        reactor.run(&driver)
        let exit = driver.leave(&reactor)
        driver.handOverPushes()
        return exit
    }
}

/// Why a worker cannot start.
public enum WorkerError: Error, CustomStringConvertible {
    /// The crowd on one address is larger than its ports.
    case noPorts(sessionsPerAddress: Int)

    /// One line.
    public var description: String {
        switch self {
        case .noPorts(let sessions):
            "\(sessions) sessions on one source address leave none of them a port; expected a smaller target.crowd"
        }
    }
}

extension WorkerDriver {
    /// Says goodbye on every connection that is left.
    mutating func leave(_ reactor: inout Reactor) -> LifeExit {
        for slot in 0..<sessionCount { drive(slot, .commanded(.end), &reactor) }
        return exit ?? .finished
    }

    /// Pushes what is left, and lets the coordinator know what never arrived.
    mutating func handOverPushes() {
        guard let pusher, exit == .finished else { return }
        harness.batchesLost = pusher.finish(deadline: .seconds(3)).batchesLost
        _ = link.finalFlush(fullReport(), within: .seconds(1))
    }
}
