import CHoldfastCurl
import Glibc
import Synchronization

/// The thread of one client and the queue in front of it.
///
/// The C client belongs to the thread, which also frees it. Others only wake it, under the lock and while
/// `isStopping` is false: the thread leaves its loop only after it has seen the flag, so nobody wakes what is gone.
final class HTTPEngine: Sendable {
    struct Job: Sendable {
        let isPost: Bool
        let request: HTTPRequest
        /// Hears the answer as it comes; nil for one that is kept.
        var listener: Listener?
        let completion: @Sendable (HTTPResponse) -> Void
    }

    /// Called on the client's thread; false ends the transfer.
    final class Listener: Sendable {
        let hear: @Sendable ([UInt8]) -> Bool

        init(_ hear: @escaping @Sendable ([UInt8]) -> Bool) { self.hear = hear }
    }

    /// What is under way. libcurl calls the listener by its address.
    private struct Transfer {
        let listener: Listener?
        let completion: @Sendable (HTTPResponse) -> Void
    }

    private struct Errand: Sendable {
        let due: UInt64
        let work: @Sendable () -> Void
    }

    private struct State: ~Copyable {
        var jobs: [Job] = []
        var errands: [Errand] = []
        var isStopping = false
        var thread: pthread_t?
    }

    private let state = Mutex(State())
    private let client: Client
    private let name: String

    /// The pointer crosses threads only for waking.
    private struct Client: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    init(name: String) {
        self.name = name
        guard let pointer = holdfast_http_client_create() else {
            fatalError("libcurl could not be initialised; out of memory or descriptors")
        }
        client = Client(pointer: pointer)
    }

    func start() {
        let context = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, engineMain, context.toOpaque())
        guard code == 0 else { fatalError("no thread for HTTP: \(String(cString: strerror(code)))") }
        state.withLock { $0.thread = thread }
    }

    func enqueue(_ job: Job) {
        let isAccepted = hand { $0.jobs.append(job) }
        if !isAccepted { job.completion(.stopped) }
    }

    func enqueue(afterMilliseconds delay: Int64, _ work: @escaping @Sendable () -> Void) {
        let due = monotonicNanoseconds() &+ UInt64(clamping: max(0, delay)) &* 1_000_000
        _ = hand { $0.errands.append(Errand(due: due, work: work)) }
    }

    func shutdown() {
        let thread = state.withLock { state -> pthread_t? in
            guard !state.isStopping else { return nil }
            state.isStopping = true
            holdfast_http_client_wake(client.pointer)
            return state.thread
        }
        guard let thread else { return }
        // The last owner may let go inside a completion: a thread cannot wait for itself.
        if pthread_equal(thread, pthread_self()) != 0 {
            pthread_detach(thread)
        } else {
            pthread_join(thread, nil)
        }
    }

    /// False when the client is shut down.
    private func hand(_ change: (inout State) -> Void) -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            change(&state)
            holdfast_http_client_wake(client.pointer)
            return true
        }
    }

    /// The thread's life: take orders, move transfers on, answer, wait.
    fileprivate func run() {
        holdfast_http_prepare_thread(name)
        var waiting: [UInt64: Transfer] = [:]
        var nextTag: UInt64 = 0
        while true {
            let (jobs, errands, isStopping) = takeOrders()
            for job in jobs {
                if let defect = job.request.defect {
                    job.completion(HTTPResponse(outcome: .failed(.misconfigured, message: defect)))
                    continue
                }
                waiting[nextTag] = Transfer(listener: job.listener, completion: job.completion)
                begin(job, tag: nextTag)
                nextTag += 1
            }
            for errand in errands { errand.work() }
            holdfast_http_client_perform(client.pointer)
            var result = holdfast_http_result()
            while holdfast_http_client_take_finished(client.pointer, &result) {
                waiting.removeValue(forKey: result.tag)?.completion(HTTPResponse(result))
            }
            if isStopping { break }
            holdfast_http_client_poll(client.pointer, millisecondsToNextErrand())
        }
        holdfast_http_client_destroy(client.pointer)
        for transfer in waiting.values { transfer.completion(.stopped) }
    }

    private func takeOrders() -> (jobs: [Job], due: [Errand], isStopping: Bool) {
        state.withLock { state in
            let now = monotonicNanoseconds()
            let jobs = state.jobs
            state.jobs = []
            guard !state.isStopping, !state.errands.isEmpty else { return (jobs, [], state.isStopping) }
            let due = state.errands.filter { $0.due <= now }
            state.errands.removeAll { $0.due <= now }
            return (jobs, due, false)
        }
    }

    /// Rounded up, so that an errand is never early; work handed over meanwhile ends the wait.
    private func millisecondsToNextErrand() -> Int32 {
        let next = state.withLock { state in state.errands.map(\.due).min() }
        guard let next else { return 1_000 }
        let now = monotonicNanoseconds()
        return next <= now ? 0 : Int32(min(1_000, (next - now + 999_999) / 1_000_000))
    }

    private func begin(_ job: Job, tag: UInt64) {
        let request = job.request
        let transfer = holdfast_http_transfer_create(tag, request.url)
        if let path = request.unixSocketPath { holdfast_http_transfer_set_unix_socket(transfer, path) }
        for header in request.headers {
            holdfast_http_transfer_add_header(transfer, "\(header.name): \(header.value)")
        }
        if job.isPost { holdfast_http_transfer_set_body(transfer, request.body, request.body.count) }
        holdfast_http_transfer_set_bounds(
            transfer,
            request.timeoutMilliseconds,
            request.connectTimeoutMilliseconds,
            max(0, request.responseLimitBytes)
        )
        if let listener = job.listener {
            holdfast_http_transfer_set_sink(transfer, hear, Unmanaged.passUnretained(listener).toOpaque())
        }
        holdfast_http_client_begin(client.pointer, transfer)
    }
}

extension HTTPResponse {
    fileprivate static let stopped = HTTPResponse(outcome: .failed(.stopped, message: "the HTTP client was shut down"))
}

private func hear(_ context: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<UInt8>?, _ length: Int) -> Bool {
    guard let context, let bytes else { return false }
    let listener = Unmanaged<HTTPEngine.Listener>.fromOpaque(context).takeUnretainedValue()
    return listener.hear(Array(UnsafeBufferPointer(start: bytes, count: length)))
}

private func engineMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<HTTPEngine>.fromOpaque(context).takeRetainedValue().run()
    return nil
}

private func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
