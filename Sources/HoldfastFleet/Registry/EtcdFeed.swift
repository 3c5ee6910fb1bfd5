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
        /// When it was last known to be there.
        var lastNews = Instant.zero
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
            state.withLock { state in
                state.line = []
                state.isWatching = true
                state.lastNews = Clock.now
            }
            desk.pause(false)
            desk.replace(by: listing.reports)
            watch(after: listing.revision)
        }
    }

    private func listLater() {
        client.run(afterMilliseconds: Self.retryMilliseconds) { [weak self] in self?.list() }
    }

    private func watch(after revision: Int64) {
        client.listen(EtcdExchange.watch(after: revision, at: url)) { [weak self] bytes in
            self?.hear(bytes) ?? false
        } completion: { [weak self] _ in
            guard let self else { return }
            state.withLock { $0.isWatching = false }
            desk.pause(true)
            listLater()
        }
    }

    /// False when the watch is over.
    private func hear(_ bytes: [UInt8]) -> Bool {
        let lines = state.withLock { state in
            var parts = (state.line + bytes).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            state.line = Array(parts.removeLast())
            state.lastNews = Clock.now
            return parts
        }
        desk.pause(false)
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
        prober.get(request) { [weak self] answer in
            guard let self else { return }
            let isThere = answer.status == 200
            let isNews = state.withLock { state in
                state.isAsking = false
                // Whatever the watch has told meanwhile is newer.
                guard state.isWatching, state.lastNews < asked else { return false }
                if isThere { state.lastNews = asked }
                return true
            }
            if isNews { desk.pause(!isThere) }
        }
    }
}
