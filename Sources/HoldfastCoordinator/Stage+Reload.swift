import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastPlan
import HoldfastResult

/// Somebody else's balancer is reloaded: because the timeline says so, or to learn of gateways that come and go.
extension Stage {
    private static let reloadLimit = Span.seconds(5)

    /// Reloads it at each instant of the timeline; `note` is told what did not work.
    func reloadBalancer(_ plan: Plan, t0: Instant, note: @escaping @Sendable (String) -> Void) async {
        guard let balancer = balancer.withLock({ $0 }) else { return }
        let real = plan.realTime
        let events = real.timeline.enumerated().filter { plan.reloads($0.element.action) }
        var gateways = real.target.gateways
        for (fault, event) in events.sorted(by: { $0.element.at < $1.element.at }) {
            // Also when the reload does not work: the next one is of the fleet as it is then.
            gateways = event.action.scale ?? gateways
            guard await sleep(until: t0 + event.at) else { return }
            let start = ControlClock.now
            do throws(ForeignProgramError) {
                switch balancer {
                case .haproxy(let haproxy): try await haproxy.reload(within: Stage.reloadLimit)
                case .nginx(let nginx):
                    let configuration = nginxConfiguration(plan, gateways: gateways)
                    try await nginx.reload(configuration, within: Stage.reloadLimit)
                }
            } catch {
                note("\(error)")
                continue
            }
            guard event.action.scale == nil else { continue }
            await desk.record(ExecutedInterval(fault: fault, gateway: nil, start: start, end: ControlClock.now))
        }
    }
}

extension Plan {
    /// Whether `action` reloads somebody else's balancer; HAProxy knows all gateways that there ever are.
    fileprivate func reloads(_ action: FaultAction) -> Bool {
        switch action {
        case .reloadBalancer: true
        case .scale: target.via == .nginx
        default: false
        }
    }
}
