import HoldfastControl
import HoldfastCore
import HoldfastHTTP
import Synchronization

/// A worker's way to ask the registry where attempts go, on libcurl's thread.
///
/// One question is under way at a time; attempts that begin meanwhile share the next one.
final class RouteClient: Sendable {
    /// An attempt that waits.
    struct Attempt: Sendable {
        var slot: Int
        /// The session's attempts, this one included: an answer that comes after its attempt is over is nobody's.
        var number: UInt32
        var draw: UInt64
        var avoidance: Avoidance
    }

    /// Where an attempt goes; `noGateway` when the registry has none, or was not reached.
    struct Answer: Sendable {
        var slot: Int
        var number: UInt32
        var gateway: GatewayID
    }

    private struct State {
        var waiting: [Attempt] = []
        var answers: [Answer] = []
        var isUnderWay = false
        var unreached: UInt64 = 0
    }

    private let client = HTTPClient(name: "route")
    private let url: String
    private let wake: @Sendable () -> Void
    private let state = Mutex(State())

    /// Asks the registry at `port`; `wake` is called on libcurl's thread when there are answers.
    init(port: UInt16, wake: @escaping @Sendable () -> Void) {
        url = RegistryExchange.url(port: port) + "/v1/route"
        self.wake = wake
    }

    /// Asks for `attempt`; never waits.
    func ask(_ attempt: Attempt) {
        let isFirst = state.withLock { state in
            state.waiting.append(attempt)
            defer { state.isUnderWay = true }
            return !state.isUnderWay
        }
        if isFirst { client.run { [weak self] in self?.askNext() } }
    }

    /// The answers since the last call.
    func takeAnswers() -> [Answer] {
        state.withLock { state in
            guard !state.answers.isEmpty else { return [] }
            defer { state.answers = [] }
            return state.answers
        }
    }

    /// Attempts whose question was not answered.
    var unreached: UInt64 { state.withLock { $0.unreached } }

    // Everything below runs on the client's thread.

    private func askNext() {
        let batch = state.withLock { state in
            let batch = Array(state.waiting.prefix(RegistryExchange.batchLimit))
            state.waiting.removeFirst(batch.count)
            state.isUnderWay = !batch.isEmpty
            return batch
        }
        guard !batch.isEmpty else { return }
        var questions = RouteQuestions()
        for attempt in batch { questions.add(draw: attempt.draw, avoiding: attempt.avoidance) }
        let request = RegistryExchange.request(url, RegistryExchange.encode(questions))
        client.post(request) { [weak self] response in self?.take(response, batch) }
    }

    private func take(_ response: HTTPResponse, _ batch: [Attempt]) {
        var answers: RouteAnswers?
        if response.status == 200 { answers = RegistryExchange.decode(RouteAnswers.self, response.body) }
        if answers?.gateways.count != batch.count { answers = nil }
        state.withLock { state in
            if answers == nil { state.unreached += UInt64(batch.count) }
            for (position, attempt) in batch.enumerated() {
                let gateway = answers?.gateway(position) ?? noGateway
                state.answers.append(Answer(slot: attempt.slot, number: attempt.number, gateway: gateway))
            }
        }
        wake()
        askNext()
    }
}
