import HoldfastCore
import HoldfastHTTP
import HoldfastResult

/// An agent that does nothing but live its life, on a plain blocking loop: the smallest driver there is.
///
/// It reports empty cuts and counters of zero, so that starting, ending and losing processes can be tried without any
/// traffic.
public struct IdleAgent: Sendable {
    /// Where the coordinator listens.
    public var socketPath: String
    /// What it says when it starts.
    public var join: Join
    /// How long the coordinator may fail to answer.
    public var patience = Span.seconds(10)
    /// How it learns the run's timing; an agent with a plan reads it from there.
    public var timing: @Sendable (Assignment) throws -> RunTiming

    /// An idle agent; `timing` reads the run's timing from the assignment.
    public init(
        socketPath: String,
        join: Join,
        timing: @escaping @Sendable (Assignment) throws -> RunTiming
    ) {
        self.socketPath = socketPath
        self.join = join
        self.timing = timing
    }

    /// Lives from joining to the end; blocks. Every action is shown to `observe` before it is carried out.
    public func run(observe: (LifeAction, Instant) -> Void = { _, _ in }) throws -> LifeExit {
        let client = HTTPClient(name: "idle")
        defer { client.shutdown() }
        let bell = Bell()
        let link = ControlLink(socketPath: socketPath, client: client, patience: patience) { bell.ring() }
        let assignment = try link.join(join)
        var life = AgentLife(agent: join.agent, incarnation: join.incarnation, timing: try timing(assignment))
        life.becomeReady()
        var harness = HarnessReport()
        while true {
            let now = ControlClock.now
            _ = life.receive(from: link, now: now)
            while let action = life.poll(now: now) {
                observe(action, now)
                switch action {
                case .takeCut(let second, _): life.record(Cut(second: second))
                case .end: life.settle()
                case .exchange:
                    AgentUsage.current.fill(&harness)
                    link.submit(life.report(harness: harness))
                case .exit(let reason): return reason
                case .establish, .start, .perform: break
                }
            }
            bell.wait(until: life.nextDeadline)
        }
    }
}
