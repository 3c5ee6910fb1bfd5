import HoldfastControl
import HoldfastCore
import HoldfastHTTP

/// Where a gateway says that it is there, and what it carries: from any thread.
protocol Registrar: Sendable {
    /// `done` is called on libcurl's thread when it was said, or could not be.
    func report(_ load: UInt64, done: @escaping @Sendable () -> Void)

    /// The gateway is about to go.
    func leave()
}

/// Reports to the registry itself.
struct RoutingServiceRegistrar: Registrar {
    private let client: HTTPClient
    private let url: String

    init(client: HTTPClient, port: UInt16, gateway: GatewayID) {
        self.client = client
        url = "\(RegistryExchange.url(port: port))/v1/gateways/\(gateway)"
    }

    func report(_ load: UInt64, done: @escaping @Sendable () -> Void) {
        let body = RegistryExchange.encode(LoadReport(load: load))
        client.post(RegistryExchange.request(url, body)) { _ in done() }
    }

    func leave() { client.post(RegistryExchange.request(url + "/leave", [])) { _ in } }
}
