import Dispatch
import HoldfastCore
import HoldfastHTTP
import Synchronization

/// Pushes snapshots of one process to a collector, as OTLP over HTTP, on libcurl's thread. Whoever measures only
/// hands over: no encoding, no waiting, no connection in its way.
public final class MetricsPusher: Sendable {
    private struct State: ~Copyable {
        var machine: ExportMachine
        var mailbox: [MetricSnapshot] = []
        var bodies: [ExportMachine.BatchID: [UInt8]] = [:]
        var nextBatch: ExportMachine.BatchID = 0
        var overlooked: UInt64 = 0
        var pointsRejected: UInt64 = 0
        var lastError: String?
        var isFinishing = false
    }

    /// Snapshots that wait for the thread; it takes them at once, unless the machine has no time for it at all.
    private static let mailboxLimit = 8

    private let url: String
    private let timeoutMilliseconds: Int64
    private let resource: MetricsResource
    private let encoder: OTLPEncoder
    private let client: HTTPClient
    private let state: Mutex<State>
    private let emptied = DispatchSemaphore(value: 0)

    /// Pushes to `url` (see `PushEndpoint`) as `resource`; `seed` and `actor` decide the pauses before retries. One
    /// attempt may take `timeoutMilliseconds`.
    public init(
        url: String,
        resource: MetricsResource,
        seed: Seed,
        actor: UInt32,
        limits: ExportMachine.Limits = ExportMachine.Limits(),
        timeoutMilliseconds: Int64 = 10_000
    ) {
        self.timeoutMilliseconds = timeoutMilliseconds
        self.url = (try? PushEndpoint.url(for: url)) ?? url
        self.resource = resource
        encoder = OTLPEncoder(resource: resource, startUnixNanoseconds: wallClockNanoseconds())
        client = HTTPClient(name: "push")
        state = Mutex(State(machine: ExportMachine(limits: limits, draws: seed.stream(.export, actor: actor))))
    }

    /// Hands a snapshot over; never waits. What every process says about itself is added here.
    public func submit(_ snapshot: MetricSnapshot) {
        let isAccepted = state.withLock { state in
            guard !state.isFinishing else {
                state.overlooked += 1
                return false
            }
            state.mailbox.append(snapshot)
            if state.mailbox.count > Self.mailboxLimit {
                state.mailbox.removeFirst()
                state.overlooked += 1
            }
            return true
        }
        if isAccepted { client.run { [weak self] in self?.drainMailbox() } }
    }

    /// How it went so far; never waits for the network.
    public var summary: PushSummary { state.withLock { Self.summary(of: $0) } }

    /// Every snapshot has become a batch.
    var isMailboxEmpty: Bool { state.withLock { $0.mailbox.isEmpty } }

    /// Sends what is left, waits at most `deadline` for it, ends the thread and says how it went. Later snapshots are
    /// lost.
    public func finish(deadline: Span) -> PushSummary {
        let isFirst = state.withLock { state in
            defer { state.isFinishing = true }
            return !state.isFinishing
        }
        guard isFirst else { return summary }
        client.run { [weak self] in
            self?.drainMailbox()
            self?.handle(.flushed)
        }
        _ = emptied.wait(timeout: .now() + .nanoseconds(Int(max(0, deadline.nanoseconds))))
        client.shutdown()
        return state.withLock { state in
            state.machine.handle(.abandoned, now: monotonicNow())
            state.overlooked += UInt64(state.mailbox.count)
            state.mailbox = []
            state.bodies = [:]
            return Self.summary(of: state)
        }
    }

    /// The same without holding a thread of the task that waits: the collector may need it, when it is in this process.
    public func finish(deadline: Span) async -> PushSummary {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: self.finish(deadline: deadline)) }
        }
    }

    private static func summary(of state: borrowing State) -> PushSummary {
        var summary = PushSummary()
        summary.batchesSent = state.machine.delivered
        summary.batchesLost = state.machine.lost + state.overlooked
        summary.pointsRejected = state.pointsRejected
        summary.lastError = state.lastError
        return summary
    }

    // Everything below runs on the client's thread.

    private func drainMailbox() {
        let (snapshots, summary) = state.withLock { state in
            let snapshots = state.mailbox
            state.mailbox = []
            return (snapshots, Self.summary(of: state))
        }
        for var snapshot in snapshots {
            snapshot.add(resource, summary)
            let body = encoder.encode(snapshot)
            let batch = state.withLock { state in
                defer { state.nextBatch += 1 }
                state.bodies[state.nextBatch] = body
                return state.nextBatch
            }
            handle(.enqueued(batch))
        }
    }

    private func handle(_ event: ExportMachine.Event) {
        let now = monotonicNow()
        let (send, arm, isEmptied) = state.withLock { state in
            state.machine.handle(event, now: now)
            var send: (ExportMachine.BatchID, [UInt8])?
            var arm: Instant?
            while let action = state.machine.nextAction() {
                switch action {
                case .send(let batch): send = state.bodies[batch].map { (batch, $0) }
                case .arm(let instant): arm = instant
                case .release(let batch), .drop(let batch, _): state.bodies[batch] = nil
                }
            }
            return (send, arm, state.isFinishing && state.machine.isIdle && state.mailbox.isEmpty)
        }
        if let send { post(send.1) }
        if let arm {
            let milliseconds = ((arm - now).nanoseconds + 999_999) / 1_000_000
            client.run(afterMilliseconds: milliseconds) { [weak self] in self?.handle(.ticked) }
        }
        if isEmptied { emptied.signal() }
    }

    private func post(_ body: [UInt8]) {
        var request = HTTPRequest(url: url)
        request.headers = [
            (name: "Content-Type", value: "application/x-protobuf"),
            (name: "User-Agent", value: "holdfast/\(resource.version)"),
        ]
        request.body = body
        request.timeoutMilliseconds = timeoutMilliseconds
        request.responseLimitBytes = 4_096
        client.post(request) { [weak self] response in self?.take(response) }
    }

    private func take(_ response: HTTPResponse) {
        if case .failed(.stopped, _) = response.outcome { return }
        let push = PushOutcome(response)
        state.withLock { state in
            state.pointsRejected += push.pointsRejected
            if let error = push.error { state.lastError = error }
        }
        handle(.finished(push.outcome))
    }
}
