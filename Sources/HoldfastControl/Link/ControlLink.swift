import HoldfastCore
import HoldfastHTTP
import HoldfastResult
import Synchronization

/// An agent's side of the control exchange, on top of libcurl's thread.
///
/// One exchange is under way at a time. A report submitted meanwhile waits, and a newer one takes its place: reports
/// are cumulative, so nothing is lost. The same holds for orders that nobody has taken yet.
public final class ControlLink: Sendable {
    /// How long one exchange may take; milliseconds.
    static let exchangeTimeoutMilliseconds: Int64 = 2000
    /// From one attempt to join to the next, and between repetitions of a last report.
    static let pause = Span.milliseconds(100)

    private struct State {
        var isUnderWay = false
        var waiting: AgentReport?
        var orders: Orders?
        var acknowledged: UInt64 = 0
        var health: LinkHealth
        var lastFailure: String?
    }

    private let client: HTTPClient
    private let socketPath: String
    private let wake: @Sendable () -> Void
    private let state: Mutex<State>
    private let answered = Bell()

    /// A link through the Unix socket at `socketPath`; the coordinator counts as lost after failing for `patience`.
    ///
    /// `wake` is called on the client's thread whenever orders arrived or an exchange failed; it must be short, such as
    /// a reactor's wake.
    public init(
        socketPath: String,
        client: HTTPClient,
        patience: Span = .seconds(10),
        wake: @escaping @Sendable () -> Void = {}
    ) {
        self.socketPath = socketPath
        self.client = client
        self.wake = wake
        state = Mutex(State(health: LinkHealth(patience: patience)))
    }

    /// Joins the run: blocks until the coordinator answers, for at most `limit` when it cannot be reached.
    public func join(_ join: Join, within limit: Span = .seconds(10)) throws(ControlLinkError) -> Assignment {
        let deadline = ControlClock.now + limit
        do {
            let body = try ControlCodec.encode(join)
            while true {
                let failure: String
                switch ask("/v1/join", body, until: deadline) {
                case .answer(let bytes): return try ControlCodec.decodeAssignment(bytes)
                case .refusal(let line): throw ControlLinkError.refused(line)
                case .silence(let line): failure = line
                }
                let next = ControlClock.now + ControlLink.pause
                guard next < deadline else { throw ControlLinkError.unreachable(failure) }
                answered.wait(until: next)
            }
        } catch let error as ControlLinkError {
            throw error
        } catch {
            throw .unusable("\(error)")
        }
    }

    /// Sends `report` to the coordinator, now or as soon as the exchange under way is over. Never waits.
    public func submit(_ report: AgentReport) {
        let goesNow = state.withLock { state in
            guard state.isUnderWay else {
                state.isUnderWay = true
                return true
            }
            state.waiting = report
            return false
        }
        if goesNow { exchange(report) }
    }

    /// The newest orders since the last call; nil when there are none.
    public func takeOrders() -> Orders? { state.withLock { $0.orders.take() } }

    /// How exchanges have gone lately.
    public var health: LinkHealth { state.withLock { $0.health } }

    /// What went wrong last; nil when nothing did.
    public var lastFailure: String? { state.withLock { $0.lastFailure } }

    /// Submits `report` until the coordinator has acknowledged it, or `limit` is over: blocks. For a process that
    /// leaves. Returns whether it was acknowledged.
    public func finalFlush(_ report: AgentReport, within limit: Span) -> Bool {
        let deadline = ControlClock.now + limit
        var nextAttempt = Instant.zero
        while true {
            let now = ControlClock.now
            let (isAcknowledged, isIdle) = state.withLock { state in
                (state.acknowledged >= report.sequence, !state.isUnderWay)
            }
            if isAcknowledged { return true }
            if now >= deadline { return false }
            if isIdle, now >= nextAttempt {
                submit(report)
                nextAttempt = now + ControlLink.pause
            }
            answered.wait(until: min(deadline, now + ControlLink.pause))
        }
    }
}

/// Why an agent could not join.
public enum ControlLinkError: Error, Equatable, CustomStringConvertible {
    /// The coordinator answered, and does not want this process; its own line.
    case refused(String)
    /// Nobody answered in time; the last failure.
    case unreachable(String)
    /// What was said, or what came back, breaks the limits of the exchange.
    case unusable(String)

    /// One line.
    public var description: String {
        switch self {
        case .refused(let line): "the coordinator refused this process: \(line)"
        case .unreachable(let line): "the coordinator did not answer: \(line)"
        case .unusable(let line): line
        }
    }
}

extension ControlLink {
    private enum Reply {
        case answer([UInt8])
        case refusal(String)
        case silence(String)

        init(_ response: HTTPResponse) {
            switch response.outcome {
            case .answered(let status) where status == 200: self = .answer(response.body)
            case .answered(let status) where (400..<500).contains(status):
                self = .refusal(Reply.line(response.body, status))
            case .answered(let status): self = .silence(Reply.line(response.body, status))
            case .failed(_, let message): self = .silence(message)
            }
        }

        private static func line(_ body: [UInt8], _ status: Int) -> String {
            let line = body.prefix(1000).prefix { $0 != UInt8(ascii: "\n") }
            return line.isEmpty ? "HTTP status \(status)" : String(decoding: line, as: UTF8.self)
        }
    }

    private func request(_ path: String, _ body: [UInt8], timeoutMilliseconds: Int64) -> HTTPRequest {
        var request = HTTPRequest(url: "http://coordinator\(path)", unixSocketPath: socketPath)
        request.headers = [("Content-Type", ControlCodec.mediaType)]
        request.body = body
        request.timeoutMilliseconds = timeoutMilliseconds
        request.connectTimeoutMilliseconds = timeoutMilliseconds
        request.responseLimitBytes = ControlLimits.message
        return request
    }

    private func ask(_ path: String, _ body: [UInt8], until deadline: Instant) -> Reply {
        let remaining = (deadline - ControlClock.now).nanoseconds / 1_000_000
        let letterbox = Letterbox<HTTPResponse>()
        client.post(request(path, body, timeoutMilliseconds: max(1, remaining))) { letterbox.put($0) }
        return Reply(letterbox.wait())
    }

    private func exchange(_ report: AgentReport) {
        let start = ControlClock.now
        do {
            let body = try ControlCodec.encode(report)
            let timeout = ControlLink.exchangeTimeoutMilliseconds
            client.post(request("/v1/exchange", body, timeoutMilliseconds: timeout)) { response in
                self.finish(Reply(response), startedAt: start)
            }
        } catch {
            finish(.refusal(error.description), startedAt: start)
        }
    }

    /// The exchange that began at `start` is over.
    private func finish(_ reply: Reply, startedAt start: Instant) {
        let result = orders(in: reply)
        let next = state.withLock { state in
            switch result {
            case .success(let orders):
                state.health.succeeded()
                state.orders = orders
                state.acknowledged = max(state.acknowledged, orders.acknowledged)
            case .failure(let failure):
                state.health.failed(startedAt: start)
                state.lastFailure = failure.description
            }
            // After a failure the next report is soon enough: no tight loop, and whatever it holds is repeated.
            let waiting = state.waiting.take()
            let next = state.health.consecutiveFailures == 0 ? waiting : nil
            state.isUnderWay = next != nil
            return next
        }
        answered.ring()
        wake()
        if let next { exchange(next) }
    }

    private func orders(in reply: Reply) -> Result<Orders, ControlLinkError> {
        switch reply {
        case .answer(let bytes):
            do {
                return .success(try ControlCodec.decodeOrders(bytes))
            } catch {
                return .failure(.unusable(error.description))
            }
        case .refusal(let line): return .failure(.refused(line))
        case .silence(let line): return .failure(.unreachable(line))
        }
    }
}
