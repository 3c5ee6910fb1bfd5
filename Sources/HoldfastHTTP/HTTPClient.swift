/// HTTP by libcurl on one thread of its own.
///
/// Callers on any thread hand over a request and go on; the answer is a call on the client's thread. Connections are
/// kept and used again. libcurl itself repeats a request when a kept connection turns out to be dead, so delivery is
/// at least once.
public final class HTTPClient: Sendable {
    private let engine: HTTPEngine

    /// A client with its thread, which bears `name` (up to 10 characters are shown).
    public init(name: String) {
        engine = HTTPEngine(name: "http-" + name.prefix(10))
        engine.start()
    }

    /// Sends a POST. Never waits. `completion` is called exactly once, on the client's thread (at once, on the calling
    /// thread, when the client is already shut down); it must be short and must not call `shutdown`.
    public func post(_ request: HTTPRequest, completion: @escaping @Sendable (HTTPResponse) -> Void) {
        engine.enqueue(HTTPEngine.Job(isPost: true, request: request, completion: completion))
    }

    /// Sends a POST whose answer has no end: `hear` gets its bytes as they come, on the client's thread, and ends it by
    /// returning false. Only connecting has a bound in time. The rest is as with `post`; the response has no body.
    public func listen(
        _ request: HTTPRequest,
        hear: @escaping @Sendable ([UInt8]) -> Bool,
        completion: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        let listener = HTTPEngine.Listener(hear)
        engine.enqueue(HTTPEngine.Job(isPost: true, request: request, listener: listener, completion: completion))
    }

    /// Sends a GET; everything else is as with `post`.
    public func get(_ request: HTTPRequest, completion: @escaping @Sendable (HTTPResponse) -> Void) {
        engine.enqueue(HTTPEngine.Job(isPost: false, request: request, completion: completion))
    }

    /// Runs `work` on the client's thread, `delay` milliseconds from now at the earliest: retries need no thread of
    /// their own. What is not due yet at `shutdown` is never run.
    public func run(afterMilliseconds delay: Int64 = 0, _ work: @escaping @Sendable () -> Void) {
        engine.enqueue(afterMilliseconds: delay, work)
    }

    /// Halts what is under way (its completions get `stopped`), closes every connection and waits for the thread,
    /// which takes milliseconds. Later calls do nothing.
    public func shutdown() { engine.shutdown() }

    deinit { engine.shutdown() }
}

extension HTTPClient {
    /// Sends a POST and suspends until its answer. Cancelling the task does not end the request; its timeout does.
    public func post(_ request: HTTPRequest) async -> HTTPResponse {
        await withCheckedContinuation { continuation in
            post(request) { continuation.resume(returning: $0) }
        }
    }

    /// Sends a GET and suspends until its answer; as with `post`.
    public func get(_ request: HTTPRequest) async -> HTTPResponse {
        await withCheckedContinuation { continuation in
            get(request) { continuation.resume(returning: $0) }
        }
    }
}
