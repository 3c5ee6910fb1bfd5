import CHoldfastSpawn
import Glibc
import HoldfastCore
import Synchronization

/// A child that ``Spawner`` started, with its whole process group.
///
/// Its number stays taken until its end has been noticed by `pollExit` (directly or through another call), so no signal
/// can reach a stranger. When the leader has ended, what is left of its group is killed. A child whose value is
/// dropped keeps running until the janitor ends.
public final class ChildProcess: Sendable {
    /// The process id, which is the group's id as well.
    public let pid: Int32
    /// What was executed.
    public let executable: String

    private let janitor: Janitor
    private let status = Mutex<ExitStatus?>(nil)

    init(pid: Int32, executable: String, janitor: Janitor) {
        self.pid = pid
        self.executable = executable
        self.janitor = janitor
    }

    /// Whether it has not ended; a stopped process is alive.
    public var isAlive: Bool { pollExit() == nil }

    /// How it ended, or nil while it lives. Never blocks.
    public func pollExit() -> ExitStatus? { status.withLock { refresh(&$0) } }

    /// Sends `number` to every process of the group; false when the child has ended.
    @discardableResult
    public func signal(_ number: Int32) -> Bool {
        status.withLock { status in
            if refresh(&status) != nil { return false }
            return Glibc.kill(-pid, number) == 0
        }
    }

    /// Sends `number` to the child alone; false when it has ended.
    @discardableResult
    public func signalLeader(_ number: Int32) -> Bool {
        status.withLock { status in
            if refresh(&status) != nil { return false }
            return Glibc.kill(pid, number) == 0
        }
    }

    /// Stops the whole group (SIGSTOP) and waits until every thread of every member really is stopped.
    ///
    /// Blocks the calling thread, usually for less than a millisecond.
    ///
    /// - Returns: The first instant at which all of them were seen stopped, looked at every 0.2 ms.
    public func freeze(within limit: Span = .seconds(1)) throws(FreezeError) -> Instant {
        let group = ProcessGroup(id: pid)
        let deadline = MonotonicClock.now() + limit
        var known = group.members()
        while true {
            guard signal(SIGSTOP) else { throw .ended }
            guard let instant = ProcessGroup.waitUntilStill(known, until: deadline) else { throw .notStopped(limit) }
            let present = group.members()
            guard present.contains(where: { !$0.isEnded }) else { throw .ended }
            // A member that was born while the signal was on its way is waited for in the next round.
            let strangers = Set(present.map(\.pid)).subtracting(known.map(\.pid))
            if strangers.isEmpty && present.allSatisfy(\.isStill) { return instant }
            if MonotonicClock.now() >= deadline { throw .notStopped(limit) }
            known = present
        }
    }

    /// Lets the group continue (SIGCONT); the instant just before, since it may run at once.
    @discardableResult
    public func thaw() -> Instant {
        let instant = MonotonicClock.now()
        signal(SIGCONT)
        return instant
    }

    /// Kills the group (SIGKILL), stopped or not; the instant just before, so that no consequence is earlier.
    @discardableResult
    public func kill() -> Instant {
        let instant = MonotonicClock.now()
        signal(SIGKILL)
        return instant
    }

    /// Waits for its end, looked for every 2 ms; nil when it still lives at the deadline. Cancelling does not cut the
    /// wait short.
    public func waitForExit(until deadline: Instant) async -> ExitStatus? {
        while true {
            if let status = pollExit() { return status }
            if MonotonicClock.now() >= deadline { return nil }
            await MonotonicClock.rest(.milliseconds(2))
        }
    }

    /// Waits for its end for at most `limit`.
    public func waitForExit(within limit: Span) async -> ExitStatus? {
        await waitForExit(until: MonotonicClock.now() + limit)
    }

    /// Asks it to end (SIGTERM), kills it after `grace`, and waits until it is gone; nil if it cannot be killed.
    @discardableResult
    public func stop(grace: Span) async -> ExitStatus? {
        signal(SIGTERM)
        if let status = await waitForExit(within: grace) { return status }
        kill()
        return await waitForExit(within: .seconds(2))
    }

    private func refresh(_ status: inout ExitStatus?) -> ExitStatus? {
        if status != nil { return status }
        let exit = hf_poll_exit(pid)
        guard exit.ended else { return nil }
        // In this order: the group's number is still taken, then the janitor forgets it, then it may be given away.
        if !exit.lost { Glibc.kill(-pid, SIGKILL) }
        janitor.forget(pid)
        if !exit.lost { hf_reap(pid) }
        status = ExitStatus(exit)
        return status
    }
}

/// Why a group could not be frozen.
public enum FreezeError: Error, Equatable, CustomStringConvertible, Sendable {
    /// There was nothing left to stop.
    case ended
    /// Somebody was still running after this long; the group has the signal and may stop later.
    case notStopped(Span)

    /// One line for people.
    public var description: String {
        switch self {
        case .ended: "cannot freeze a process that has ended"
        case .notStopped(let limit): "the process was not stopped after \(limit.seconds) s"
        }
    }
}
