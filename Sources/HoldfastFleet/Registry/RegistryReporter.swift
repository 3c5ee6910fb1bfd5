import HoldfastControl
import HoldfastCore
import HoldfastHTTP
import HoldfastReactor
import Synchronization

/// Tells the registry how many connections a gateway has, on libcurl's thread: at once, then in equal intervals.
final class RegistryReporter: Sendable {
    private let client: HTTPClient
    private let url: String
    private let interval: Span
    private let load: @Sendable () -> UInt64
    private let isLeaving = Atomic(false)

    /// Reports of `gateway` to the registry at `port`; `load` is called on libcurl's thread until `stop` returns.
    init(port: UInt16, gateway: GatewayID, interval: Span, load: @escaping @Sendable () -> UInt64) {
        client = HTTPClient(name: "registry")
        url = "\(RegistryExchange.url(port: port))/v1/gateways/\(gateway)"
        self.interval = interval
        self.load = load
    }

    /// The gateway takes connections from now on.
    func begin() { report(due: Clock.now) }

    /// The gateway is about to go.
    func leave() {
        isLeaving.store(true, ordering: .relaxed)
        sayGoodbye()
    }

    /// Waits until nothing more is said.
    func stop() { client.shutdown() }

    private func report(due: Instant) {
        client.run(afterMilliseconds: max(0, (due - Clock.now).nanoseconds / 1_000_000)) { [weak self] in
            guard let self, !self.isLeaving.load(ordering: .relaxed) else { return }
            let body = RegistryExchange.encode(LoadReport(load: self.load()))
            self.client.post(RegistryExchange.request(self.url, body)) { [weak self] _ in
                // It may have come after the goodbye, and have brought the gateway back.
                if let self, self.isLeaving.load(ordering: .relaxed) { self.sayGoodbye() }
            }
            // Whoever stood still makes up for nothing.
            self.report(due: max(due + self.interval, Clock.now))
        }
    }

    private func sayGoodbye() { client.post(RegistryExchange.request(url + "/leave", [])) { _ in } }
}
