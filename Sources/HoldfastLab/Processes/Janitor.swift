import CHoldfastSpawn
import Glibc
import HoldfastCore
import Synchronization

/// A small process that outlives this one and kills what it started.
///
/// Children that are stopped read no pipe, and foreign programs such as HAProxy know none of ours, so neither an
/// inherited pipe nor a parent-death signal ends them all. The janitor holds the other end of a socket: once the last
/// copy of this side is closed, which the kernel does even after SIGKILL, it kills every process group that is still
/// registered, removes the registered directories, and exits. A process that left its group is out of its reach.
///
/// Start it early: it keeps a copy-on-write image of this process. Then `stop()` it once, at the end.
public final class Janitor: Sendable {
    /// The janitor's process id.
    public let pid: Int32
    /// The only directory below which it removes anything.
    public let directoryRoot: String

    private let state: Mutex<State>

    private struct State {
        var descriptor: Int32
        var children = 0
        var directories = 0
        var end: JanitorEnd?
    }

    /// Starts a janitor that may remove directories below `directoryRoot`, an absolute path.
    public init(directoryRoot: String = "/tmp") throws(JanitorError) {
        guard directoryRoot.hasPrefix("/") else { throw .outsideRoot(directoryRoot, root: "/") }
        let janitor = hf_janitor_start(directoryRoot)
        guard janitor.error == 0 else { throw .cannotStart(errorNumber: janitor.error) }
        self.pid = janitor.pid
        self.directoryRoot = directoryRoot
        self.state = Mutex(State(descriptor: janitor.descriptor))
    }

    deinit {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
        }
    }

    /// Whether it still runs; without it nothing can be spawned.
    public var isAlive: Bool { state.withLock { $0.end == nil } && !hf_poll_exit(pid).ended }

    /// Has `directory` and everything in it removed when the janitor ends, however this process ends.
    ///
    /// The directory need not exist yet: registering before creating leaves no moment in which it could be forgotten.
    /// At most 16 directories.
    public func removeAtEnd(_ directory: String) throws(JanitorError) {
        let error = state.withLock { state in
            if state.directories == Int(hf_janitor_directory_limit) { return ENOSPC }
            let error = hf_janitor_remove(state.descriptor, directoryRoot, directory)
            if error == 0 { state.directories += 1 }
            return error
        }
        switch error {
        case 0: return
        case EINVAL: throw .outsideRoot(directory, root: directoryRoot)
        case ENOSPC: throw .tooMany("directories", limit: Int(hf_janitor_directory_limit))
        default: throw .gone(errorNumber: error)
        }
    }

    /// Ends the janitor: it kills what is left, removes the directories and exits. Blocks at most `limit`.
    public func stop(within limit: Span = .seconds(6)) -> JanitorEnd {
        state.withLock { state in
            if let end = state.end { return end }
            close(state.descriptor)
            state.descriptor = -1
            let end = waitForEnd(until: MonotonicClock.now() + limit)
            state.end = end
            return end
        }
    }

    /// Spawns a child that registers itself, at most 4,096 at a time.
    func spawn(_ request: hf_spawn_request) -> hf_spawn_result? {
        state.withLock { state in
            guard state.children < Int(hf_janitor_group_limit) else { return nil }
            var request = request
            request.janitor = state.descriptor
            guard state.descriptor >= 0 else {
                return hf_spawn_result(pid: -1, stage: hf_spawn_stage_register, error: EPIPE)
            }
            let result = hf_spawn(&request)
            if result.stage == hf_spawn_stage_none { state.children += 1 }
            return result
        }
    }

    /// Says that a child has ended and is about to be reaped.
    func forget(_ child: Int32) {
        state.withLock { state in
            state.children -= 1
            // A janitor that is gone has nothing to forget.
            if state.descriptor >= 0 { _ = hf_janitor_forget(state.descriptor, child) }
        }
    }

    private func waitForEnd(until deadline: Instant) -> JanitorEnd {
        while true {
            let exit = hf_poll_exit(pid)
            if exit.ended {
                if !exit.lost { hf_reap(pid) }
                return JanitorEnd(exit)
            }
            if MonotonicClock.now() >= deadline { return .incomplete }
            MonotonicClock.pause(.milliseconds(1))
        }
    }
}

/// How a janitor ended.
public enum JanitorEnd: String, Sendable {
    /// Nothing was left to kill.
    case clean
    /// A process or a directory is still there.
    case incomplete
    /// Something was left, and is gone now.
    case killed
    /// It had been killed itself, so nothing is known.
    case lost

    fileprivate init(_ exit: hf_exit) {
        if exit.lost || exit.signalled {
            self = .lost
        } else if exit.status == Int32(hf_janitor_clean) {
            self = .clean
        } else if exit.status == Int32(hf_janitor_killed) {
            self = .killed
        } else {
            self = .incomplete
        }
    }
}

/// Why the janitor could not be used.
public enum JanitorError: Error, Equatable, CustomStringConvertible, Sendable {
    /// No process or socket could be had.
    case cannotStart(errorNumber: Int32)
    /// It has ended, so it cannot clean up any more.
    case gone(errorNumber: Int32)
    /// The path is not below the janitor's root, is too long, or has components such as "..".
    case outsideRoot(String, root: String)
    /// Its table is full.
    case tooMany(String, limit: Int)

    /// One line for people.
    public var description: String {
        switch self {
        case .cannotStart(let error): "cannot start the clean-up process: \(systemMessage(error))"
        case .gone(let error): "the clean-up process has ended: \(systemMessage(error))"
        case .outsideRoot(let path, let root): "cannot clean up \(path): not a plain path below \(root)"
        case .tooMany(let what, let limit): "too many \(what) to clean up: the limit is \(limit)"
        }
    }
}
