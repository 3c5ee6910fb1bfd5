import Glibc
import HoldfastControl
import HoldfastCore
import HoldfastHTTP
import HoldfastPlan
import HoldfastReactor
import HoldfastResult

/// A worker's own sessions under a load that `holdfast bench` measures: the driver, reactor and accounts of every run,
/// without a coordinator and metrics.
public enum WorkerBench {
    /// What the sessions do.
    public enum Load: Equatable, Sendable {
        /// Connect, log in, leave, and again at once.
        case connects
        /// A heartbeat each interval.
        case beats(interval: Span)
        /// Nothing, once all of them are admitted.
        case rest
    }

    /// What they did, and what it cost.
    public struct Sample: Sendable {
        /// Logins, answered heartbeats, or admitted sessions.
        public var operations: UInt64 = 0
        /// What came before it was measured.
        public var warmupOperations: UInt64 = 0
        /// CPU time of the worker's thread; seconds.
        public var cpuSeconds = 0.0
        /// How long it was measured; seconds.
        public var wallSeconds = 0.0
        /// 99 of 100 timers were not later than this; seconds.
        public var latenessP99Seconds: Double?
        /// Growth of anonymous memory from before the first session; bytes a session.
        public var bytesPerSession: Double?
    }

    /// Holds `sessions` sessions against one gateway at its usual address and `gatewayPort`, and measures for `seconds`
    /// after a tenth of that for warming up. `atRest` is called while everybody is admitted and rests.
    public static func run(
        _ load: Load,
        sessions: Int,
        seconds: Double,
        gatewayPort: UInt16,
        atRest: () -> Void = {}
    ) throws -> Sample {
        let client = HTTPClient(name: "bench")
        defer { client.shutdown() }
        _ = Host.raiseDescriptorLimit()
        let text = planText(load, sessions: sessions)
        let plan = try PlanReader.read(text: text, file: "bench.yaml", catalogue: nil).plan
        let assignment = Assignment(
            planText: text,
            planHash: plan.hash,
            run: 0,
            workers: 1,
            gatewayPort: gatewayPort,
            balancerPort: 0,
            pushURL: nil
        )
        let port = Host.firstEphemeralPort ?? 32_768
        guard let segment = WorkerSegment(plan: plan, assignment: assignment, index: 0, firstEphemeralPort: port)
        else { throw WorkerError.noPorts(sessionsPerAddress: plan.target.crowd) }
        let agent = AgentID(role: .worker, index: 0)
        let life = AgentLife(agent: agent, incarnation: 0, timing: RunTiming(plan: plan))
        let link = ControlLink(socketPath: "", client: client)
        let memory = SessionMemory()
        var reactor = try Reactor(capacity: WorkerDriver.slots(for: segment))
        let worker = WorkerDriver(segment: segment, life: life, link: link, pusher: nil, memory: memory)
        var driver = BenchDriver(worker: worker, load: load, length: Span(seconds: seconds))
        driver.begin(&reactor)
        reactor.run(&driver)
        if load == .rest { atRest() }
        return driver.sample
    }

    private static func planText(_ load: Load, sessions: Int) -> String {
        let interval =
            switch load {
            case .beats(let interval): interval
            case .connects, .rest: Span.seconds(60)
            }
        return """
            name: bench
            sessions: \(sessions)
            target: { gateways: 1, via: client }
            heartbeat: { interval: \(interval.nanoseconds / 1_000_000)ms, silence: 180s }
            reconnect: { policy: immediate }
            duration: 1h
            """
    }
}

/// Drives a worker's driver, and notes what it did between two instants.
private struct BenchDriver: ~Copyable, ReactorDriver {
    var worker: WorkerDriver
    var sample = WorkerBench.Sample()
    private let load: WorkerBench.Load
    private let length: Span
    private var measuredFrom: Instant?
    private var end = Instant.never
    private var before: (operations: UInt64, cpuSeconds: Double) = (0, 0)

    /// How often it is looked whether everybody is admitted.
    private static let patience = Span.milliseconds(10)

    init(worker: consuming WorkerDriver, load: WorkerBench.Load, length: Span) {
        self.worker = worker
        self.load = load
        self.length = length
    }

    mutating func begin(_ reactor: inout Reactor) {
        worker.log.clock = RunClock(t0: reactor.now, timeScale: 1)
        for slot in 0..<worker.sessionCount { reactor.setDeadline(slot, reactor.now) }
        if load == .rest { end = reactor.now + length }
        reactor.scheduleNext(reactor.now + (load == .rest ? BenchDriver.patience : length.scaled(by: 0.1)))
    }

    mutating func scheduleReached(intended: Instant, _ reactor: inout Reactor) {
        if load == .rest {
            let isOver = worker.counters.admitted == UInt64(worker.sessionCount) || reactor.now >= end
            guard isOver else { return reactor.scheduleNext(reactor.now + BenchDriver.patience) }
            sample.operations = worker.counters.admitted
            worker.memory.measure(sessions: Int(worker.counters.admitted))
            sample.bytesPerSession = worker.memory.bytesPerSession
            return reactor.stop()
        }
        guard let measuredFrom else {
            measuredFrom = reactor.now
            reactor.measureAnew()
            before = (operations, BenchDriver.cpuSeconds)
            return reactor.scheduleNext(reactor.now + length)
        }
        sample.cpuSeconds = BenchDriver.cpuSeconds - before.cpuSeconds
        sample.operations = operations - before.operations
        sample.warmupOperations = before.operations
        sample.wallSeconds = (reactor.now - measuredFrom).seconds
        sample.latenessP99Seconds = reactor.lateness.heartbeat.quantile(0.99)
        reactor.stop()
    }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        worker.ready(slot, readiness, &reactor)
        if load == .connects, worker.sessions[slot].phase == .admitted { worker.endLifetime(slot, &reactor) }
    }

    mutating func deadlineReached(_ slot: Int, intended: Instant, _ reactor: inout Reactor) {
        worker.deadlineReached(slot, intended: intended, &reactor)
    }

    func timerKind(of slot: Int) -> TimerKind { worker.timerKind(of: slot) }

    mutating func woken(_ reactor: inout Reactor) {}

    private var operations: UInt64 {
        load == .connects ? worker.counters.connectsSucceeded : worker.counters.heartbeatsAnswered
    }

    /// Of this thread alone: the one that sends metrics has nothing to do here.
    private static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
