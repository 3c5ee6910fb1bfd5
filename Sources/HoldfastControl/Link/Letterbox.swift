import Synchronization

/// Hands one thing from the thread or task that has it to a thread that waits for it.
public final class Letterbox<Content: Sendable>: Sendable {
    private let content = Mutex<Content?>(nil)
    private let bell = Bell()

    /// An empty one.
    public init() {}

    /// Exactly once.
    public func put(_ content: Content) {
        self.content.withLock { $0 = content }
        bell.ring()
    }

    /// Blocks the calling thread until something is there.
    public func wait() -> Content {
        while true {
            if let content = content.withLock({ $0 }) { return content }
            bell.wait(until: .never)
        }
    }
}
