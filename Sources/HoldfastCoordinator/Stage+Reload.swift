import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastPlan
import HoldfastResult

/// Somebody else's balancer is reloaded: because the timeline says so, or to learn of gateways that come and go.
extension Stage {
    private static let reloadLimit = Span.seconds(5)
    /// How long before a reload its configuration is written and checked.
    private static let ahead = Span.milliseconds(300)

    /// Reloads it at each instant of the timeline; `note` is told what did not work.
    func reloadBalancer(_ plan: Plan, t0: Instant, note: @escaping @Sendable (String) -> Void) async {
        guard let balancer = balancer.withLock({ $0 }) else { return }
        let real = plan.realTime
        let events = real.timeline.enumerated().filter { plan.reloads($0.element.action) }
        var gateways = real.target.gateways
        for (fault, event) in events.sorted(by: { $0.element.at < $1.element.at }) {
            let added = gateways..<max(gateways, event.action.scale ?? gateways)
            // Also when the reload does not work: the next one is of the fleet as it is then.
            gateways = event.action.scale ?? gateways
            guard await sleep(until: t0 + event.at - Stage.ahead) else { return }
            var start = ControlClock.now
            do throws(ForeignProgramError) {
                if case .nginx(let nginx) = balancer {
                    try await nginx.prepare(nginxConfiguration(plan, gateways: gateways))
                }
                guard await sleep(until: t0 + event.at), await areReady(added, plan) else { return }
                start = ControlClock.now
                switch balancer {
                case .haproxy(let haproxy): try await haproxy.reload(within: Stage.reloadLimit)
                case .nginx(let nginx): try await nginx.reload(within: Stage.reloadLimit)
                }
            } catch {
                note("\(error)")
                continue
            }
            guard event.action.scale == nil else { continue }
            await desk.record(ExecutedInterval(fault: fault, gateway: nil, start: start, end: ControlClock.now))
        }
    }

    /// Waits for gateways that join, for as long as a reload may take: who is not there by then is found by whom it is
    /// given to. False when the run is over.
    private func areReady(_ added: Range<Int>, _ plan: Plan) async -> Bool {
        let limit = ControlClock.now + Stage.reloadLimit
        for agent in added.flatMap({ plan.processes(ofGateway: GatewayID($0)) }) {
            while await desk.stage(of: agent).map({ $0 < .ready || $0 >= .ended }) ?? true, ControlClock.now < limit {
                guard await sleep(until: ControlClock.now + .milliseconds(5)) else { return false }
            }
        }
        return true
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
