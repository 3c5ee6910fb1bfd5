import Glibc

/// Ends this process when the one that started it is gone, however that went.
///
/// The parent keeps the writing end of a pipe and never writes; its kernel closes it even after SIGKILL. A stopped
/// process reads nothing: for that there is the janitor.
public enum Lifeline {
    /// The environment variable with the number of the inherited descriptor.
    public static let variable = "HOLDFAST_LIFELINE"
    /// How such a process ends: as one aborted by a signal.
    public static let exitCode: Int32 = 105
    private static let stackBytes = 128 << 10

    /// Watches the descriptor that the environment names, on a thread of its own. Returns false when it names none: the
    /// process was started by hand.
    public static func watchInherited() throws(LifelineError) -> Bool {
        guard let text = getenv(variable) else { return false }
        let value = String(cString: text)
        guard let descriptor = Int32(value), descriptor >= 0 else { throw LifelineError(found: value) }
        // Children of this process have a lifeline of their own, or none.
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw LifelineError(found: value) }
        watch(descriptor)
        return true
    }

    private static func watch(_ descriptor: Int32) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackBytes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        // Signals are for the threads that expect them.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        var thread = pthread_t()
        let context = UnsafeMutableRawPointer(bitPattern: Int(descriptor) + 1)
        let code = pthread_create(&thread, &attributes, lifelineMain, context)
        pthread_sigmask(SIG_SETMASK, &before, nil)
        pthread_attr_destroy(&attributes)
        precondition(code == 0, "no thread left for the lifeline")
    }
}

/// The environment names a lifeline that this process does not have.
public struct LifelineError: Error, Equatable, CustomStringConvertible {
    /// What the environment says.
    public var found: String

    /// One line.
    public var description: String { "\(Lifeline.variable)=\(found) names no open descriptor" }
}

/// `context` is the descriptor + 1, because a null pointer could not carry 0.
private func lifelineMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    let descriptor = Int32(truncatingIfNeeded: Int(bitPattern: context) - 1)
    var byte: UInt8 = 0
    while true {
        let count = read(descriptor, &byte, 1)
        if count > 0 || (count < 0 && errno == EINTR) { continue }
        // At once and without handlers: whoever would be told is gone.
        _exit(Lifeline.exitCode)
    }
}
