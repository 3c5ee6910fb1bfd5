import Synchronization

/// Ends a simulation before its time, gracefully, with a result that says so.
public final class Interruption: Sendable {
    private let request = Mutex<String?>(nil)

    /// Nothing has been asked for yet.
    public init() {}

    /// Asks for the end in the name of a signal, such as `SIGINT`; from any thread. The first one counts.
    public func end(signal: String) {
        request.withLock { if $0 == nil { $0 = signal } }
    }

    /// The signal that asked for it; nil while nobody has.
    public var signal: String? { request.withLock { $0 } }
}
