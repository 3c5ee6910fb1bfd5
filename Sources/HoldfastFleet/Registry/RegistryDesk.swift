import HoldfastControl
import HoldfastCore
import HoldfastReactor
import Synchronization

/// The registry of a run, which gateways report to and sessions ask: from any thread.
final class RegistryDesk: Sendable {
    /// How many gateways there can be.
    let gateways: Int
    private let service: Mutex<RoutingService>

    init(_ service: RoutingService, gateways: Int) {
        self.gateways = gateways
        self.service = Mutex(service)
    }

    func report(_ load: UInt64, of gateway: GatewayID) {
        guard gateway < gateways else { return }
        service.withLock { $0.report(load, of: gateway, at: Clock.now) }
    }

    func remove(_ gateway: GatewayID) {
        guard gateway < gateways else { return }
        service.withLock { $0.remove(gateway) }
    }

    /// The gateways of `reports` are there, and no others.
    func replace(by reports: [GatewayID: LoadReport]) {
        service.withLock { service in
            let now = Clock.now
            for gateway in 0..<GatewayID(gateways) {
                if let report = reports[gateway] {
                    service.report(report.load, of: gateway, at: now)
                } else {
                    service.remove(gateway)
                }
            }
        }
    }

    func route(_ questions: RouteQuestions) -> RouteAnswers {
        service.withLock { service in
            let now = Clock.now
            return RouteAnswers(
                questions.draws.indices.map { position in
                    service.route(questions.draws[position], avoiding: questions.avoidance(position), now: now)
                }
            )
        }
    }

    var listing: RegistryListing {
        service.withLock { service in
            let now = Clock.now
            service.refresh(now: now)
            let registry = service.registry
            return RegistryListing(
                version: registry.version,
                isProtected: registry.isProtected,
                gateways: registry.list.map { id in
                    RegistryListing.Gateway(id: id, ageSeconds: registry.age(of: id, now: now)?.seconds)
                }
            )
        }
    }

    func pause(_ isPaused: Bool) { service.withLock { $0.pause(isPaused) } }

    func show(_ share: Double) { service.withLock { $0.show(share) } }

    var tally: RoutingTally { service.withLock { $0.tally } }
}
