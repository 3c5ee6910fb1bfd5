import HoldfastControl
import HoldfastCore
import HoldfastHTTP
import Synchronization

/// Keeps a gateway's key in an etcd, by a lease that each report renews.
///
/// One report is under way at a time: to an etcd that does not answer none is added.
final class EtcdRegistrar: Registrar {
    private let client: HTTPClient
    private let url: String
    private let gateway: GatewayID
    private let ttl: Span
    private let state = Mutex(State())

    private struct State {
        var lease: EtcdLease?
        var isBusy = false
    }

    /// Whoever says nothing for `ttl` is forgotten.
    init(client: HTTPClient, port: UInt16, gateway: GatewayID, ttl: Span) {
        self.client = client
        url = EtcdExchange.url(port: port)
        self.gateway = gateway
        self.ttl = ttl
    }

    func report(_ load: UInt64, done: @escaping @Sendable () -> Void) {
        let lease = state.withLock { state -> EtcdLease?? in
            guard !state.isBusy else { return .none }
            state.isBusy = true
            return .some(state.lease)
        }
        guard let lease else { return }
        let end: @Sendable () -> Void = { [weak self] in
            self?.state.withLock { $0.isBusy = false }
            done()
        }
        if let lease { renew(lease, load, end) } else { begin(load, end) }
    }

    func leave() {
        let lease = state.withLock { state in
            defer { state.lease = nil }
            return state.lease
        }
        if let lease { client.post(EtcdExchange.revoke(lease, at: url)) { _ in } }
    }

    private func begin(_ load: UInt64, _ done: @escaping @Sendable () -> Void) {
        client.post(EtcdExchange.grant(ttl: ttl, at: url)) { [weak self] answer in
            guard let self, answer.status == 200, let lease = EtcdLease(granted: answer.body) else { return done() }
            state.withLock { $0.lease = lease }
            put(load, lease, done)
        }
    }

    private func renew(_ lease: EtcdLease, _ load: UInt64, _ done: @escaping @Sendable () -> Void) {
        client.post(EtcdExchange.renew(lease, at: url)) { [weak self] answer in
            // What does not answer may have the lease all the same.
            guard let self, answer.status == 200 else { return done() }
            guard EtcdLease.isRenewed(by: answer.body) else {
                state.withLock { if $0.lease == lease { $0.lease = nil } }
                return begin(load, done)
            }
            put(load, lease, done)
        }
    }

    private func put(_ load: UInt64, _ lease: EtcdLease, _ done: @escaping @Sendable () -> Void) {
        client.post(EtcdExchange.put(LoadReport(load: load), of: gateway, by: lease, at: url)) { _ in done() }
    }
}
