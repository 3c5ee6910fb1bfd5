import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastPlan
import HoldfastResult

/// A prober of its own, where sessions leave it to somebody else to watch over gateways.
extension Stage {
    /// Connects to every gateway each interval from `t0` to the end, on a way of its own; nil where nobody asked.
    func probeGateways(_ plan: Plan, t0: Instant) -> Task<ProbeTally, Never>? {
        let heartbeats = plan.plansOfGroups.map(\.realTime.heartbeat)
        guard let interval = heartbeats.filter({ $0.strategy == .thirdParty }).map(\.interval).min() else { return nil }
        let end = t0 + plan.realTime.duration
        let port = preflight.gatewayPort
        return Task {
            var tally = ProbeTally(gateways: plan.mostGateways)
            var next = t0 + interval
            while next < end, await sleep(until: next) {
                for gateway in 0..<plan.mostGateways {
                    let endpoint = Endpoint(address: FleetAddressing.gateway(GatewayID(gateway)), port: port)
                    let isUp = Reachability.isAccepted(at: endpoint, within: min(interval, .seconds(1)))
                    tally.note(gateway, isUp: isUp)
                }
                // Those that became due while one was waited for are left.
                repeat { next = next + interval } while next < ControlClock.now
            }
            return tally
        }
    }
}
