import HoldfastCore

/// What an agent has to do now, in the order in which its life hands it out.
public enum LifeAction: Equatable, Sendable {
    /// Begin to establish sessions at `at`, on the machine's monotonic clock; given once, perhaps ahead of time.
    case establish(at: Instant)
    /// t0 is `at`: plan the role's own timeline with `AgentLife.plan`; given once, mostly ahead of time.
    case start(at: Instant)
    /// Take the cut of plan second `second`, intended for `at`, and give it back with `AgentLife.record`.
    case takeCut(second: Int32, at: Instant)
    /// Carry out a step of the role's own timeline, intended for `at`.
    case perform(step: Int, at: Instant)
    /// The end cut is taken: counters stop here. Call `AgentLife.settle` once nothing is undecided any more.
    case end(at: Instant)
    /// Fill `AgentLife.report` with the role's content and submit it.
    case exchange
    /// Push what is left, then leave; given once, the last action.
    case exit(LifeExit)
}

/// Why an agent leaves.
public enum LifeExit: Equatable, Sendable {
    /// The coordinator has everything.
    case finished
    /// The coordinator has not answered for ten seconds.
    case coordinatorLost
}

/// How far an agent's life has come; finer than what it reports.
public enum LifeStage: UInt8, Comparable, Sendable {
    /// It has its plan and is setting up.
    case joined
    /// It is set up, and waits for the coordinator to begin.
    case ready
    /// Sessions are being established, or the run is under way.
    case running
    /// The end cut is taken, but something is undecided yet.
    case ending
    /// Everything it knows can be reported.
    case ended
    /// It has been told to leave.
    case finished

    /// In the order of a life.
    public static func < (left: LifeStage, right: LifeStage) -> Bool { left.rawValue < right.rawValue }
}
