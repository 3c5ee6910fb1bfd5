import HoldfastControl
import HoldfastCore
import HoldfastHTTP
import HoldfastReactor
import Synchronization

/// Tells the registry's desk what an etcd knows of the gateways, as long as it lives: a listing, then a watch from
/// there on, and both again when that breaks. While etcd is out of reach the desk keeps what it was last told.
final class EtcdFeed: Sendable {
    private static let retryMilliseconds: Int64 = 100
    /// Gateways that say nothing are not an etcd that is gone: after so long it is asked how it is.
    private static let silence = Span.milliseconds(250)
    private static let healthMilliseconds: Int64 = 500

    private let client = HTTPClient(name: "etcd")
    private let prober = HTTPClient(name: "etcd health")
    private let url: String
    private let desk: RegistryDesk
    private let state = Mutex(State())

    private struct State {
        /// The beginning of a line whose end has not come.
        var line: [UInt8] = []
        var isWatching = false
        var isAsking = false
        /// Whether it gave no sign of life when it was asked for one.
        var isOut = false
        /// When it was last known to be there.
        var lastNews = Instant.zero
        /// Which watch counts: one of before says nothing any more.
        var watch = 0
    }

    /// The feed of an etcd at `port`.
    init(port: UInt16, desk: RegistryDesk) {
        url = EtcdExchange.url(port: port)
        self.desk = desk
    }

    /// Begins to listen.
    func begin() {
        desk.pause(true)
        list()
        look()
    }

    /// Waits until nothing more is told.
    func stop() {
        client.shutdown()
        prober.shutdown()
    }

    private func list() {
        client.post(EtcdExchange.list(at: url)) { [weak self] answer in
            guard let self else { return }
            guard answer.status == 200, let listing = EtcdListing(answer.body) else { return listLater() }
            let watch = state.withLock { state in
                state.line = []
                state.isWatching = true
                state.isOut = false
                state.lastNews = Clock.now
                state.watch += 1
                return state.watch
            }
            desk.pause(false)
            desk.replace(by: listing.reports)
            self.watch(watch, after: listing.revision)
        }
    }

    private func listLater() {
        client.run(afterMilliseconds: Self.retryMilliseconds) { [weak self] in self?.list() }
    }

    private func watch(_ number: Int, after revision: Int64) {
        client.listen(EtcdExchange.watch(after: revision, at: url)) { [weak self] bytes in
            self?.hear(bytes, of: number) ?? false
        } completion: { [weak self] _ in
            guard let self else { return }
            let counts = state.withLock { state in
                guard state.watch == number, state.isWatching else { return false }
                state.isWatching = false
                return true
            }
            guard counts else { return }
            desk.pause(true)
            listLater()
        }
    }

    /// False when the watch is over.
    private func hear(_ bytes: [UInt8], of number: Int) -> Bool {
        let lines: [ArraySlice<UInt8>]? = state.withLock { state in
            // What was registered in a long silence may be over: one gateway's word says nothing of the others.
            guard state.watch == number, !state.isOut else { return nil }
            var parts = (state.line + bytes).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            state.line = Array(parts.removeLast())
            state.lastNews = Clock.now
            return parts
        }
        guard let lines else { return false }
        for line in lines where !line.isEmpty {
            guard let news = EtcdNews.read(line: Array(line)) else { return false }
            for item in news {
                switch item {
                case .gone(let gateway): desk.remove(gateway)
                case .report(let report, let gateway): desk.report(report.load, of: gateway)
                }
            }
        }
        return true
    }

    /// An etcd that stands still keeps its connections.
    private func look() {
        let asked = Clock.now
        let isSilent = state.withLock { state in
            guard state.isWatching, !state.isAsking, asked - state.lastNews > Self.silence else { return false }
            state.isAsking = true
            return true
        }
        if isSilent { askHealth(asked) }
        client.run(afterMilliseconds: Self.retryMilliseconds) { [weak self] in self?.look() }
    }

    private func askHealth(_ asked: Instant) {
        var request = HTTPRequest(url: url + "/health")
        request.timeoutMilliseconds = Self.healthMilliseconds
        prober.get(request) { [weak self] answer in self?.note(isThere: answer.status == 200, asked) }
    }

    private func note(isThere: Bool, _ asked: Instant) {
        let isBack: Bool? = state.withLock { state in
            state.isAsking = false
            // Whatever the watch has told meanwhile is newer.
            guard state.isWatching, state.lastNews < asked else { return nil }
            guard isThere else {
                state.isOut = true
                return false
            }
            state.lastNews = asked
            guard state.isOut else { return nil }
            // Another watch takes the place of this one, after a listing.
            state.isWatching = false
            return true
        }
        switch isBack {
        case true?: list()
        case false?: desk.pause(true)
        case nil: return
        }
    }
}
