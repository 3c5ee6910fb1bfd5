import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastServer
import Hummingbird

/// Runs the registry of the run whose coordinator listens on the Unix socket `controlSocket`, on the calling thread and
/// those of its HTTP server, until it is told to leave. `incarnation` is 0 for its first life; `onListening` is told
/// its URL.
///
/// Throws as `runGateway`, and `RegistryError`.
public func runRegistry(
    controlSocket: String,
    index: Int,
    incarnation: UInt32,
    onListening: (_ url: String) -> Void
) throws -> FleetExit {
    let process = try FleetProcess(AgentID(role: .registry, index: index), controlSocket, incarnation)
    let plan = process.plan
    guard let service = RoutingService(plan: plan), let port = process.assignment.registryPort else {
        throw RegistryError.notInPlan
    }
    let desk = RegistryDesk(service, gateways: plan.mostGateways)
    try serve(desk, port)
    onListening(RegistryExchange.url(port: port))
    let feed = process.assignment.etcdPort.map { EtcdFeed(port: $0, desk: desk) }
    feed?.begin()
    defer { feed?.stop() }
    return try process.run(RegistryRole(desk: desk, plan: plan))
}

/// Why a registry cannot start.
public enum RegistryError: Error, CustomStringConvertible {
    /// The address could not be had, and why.
    case cannotListen(String, String)
    /// The plan has no registry.
    case notInPlan

    /// One line.
    public var description: String {
        switch self {
        case .cannotListen(let url, let reason): "cannot listen on \(url): \(reason)"
        case .notInPlan: "the plan has no registry"
        }
    }
}

/// Returns once it listens; the server ends with the process.
private func serve(_ desk: RegistryDesk, _ port: UInt16) throws(RegistryError) {
    let outcome = Letterbox<Result<Void, HTTPServerError>>()
    Task {
        do throws(HTTPServerError) {
            let responder = RegistryResponder(desk: desk).router().buildResponder()
            let address = dottedQuad(FleetAddressing.registry)
            _ = try await HTTPServer.start(responder, at: .hostname(address, port: Int(port)))
            outcome.put(.success(()))
        } catch {
            outcome.put(.failure(error))
        }
    }
    if case .failure(let error) = outcome.wait() {
        throw .cannotListen(RegistryExchange.url(port: port), error.reason)
    }
}
