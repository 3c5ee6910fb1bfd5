import HoldfastCore
import HoldfastPlan

/// What one gateway has to do by itself at which plan time: drops on the gateway's side, graceful
/// stops, drains, and times in which it answers late or not at all, or is not reached.
struct GatewayTimeline: Equatable {
    /// One thing to do.
    enum Step: Equatable {
        /// See to it that the fault's threshold is there in time.
        case askThreshold(fault: Int)
        /// End the connections of the fault's victims.
        case drop(fault: Int)
        /// Stop gracefully, for good.
        case leave(fault: Int)
        /// Let everybody go, for a while or for good.
        case drain(fault: Int)
        /// Ask those whose turn it is.
        case ask
        /// End what is left of those that were asked.
        case endDrained
        /// Compare itself with the fleet, and shed.
        case compare
        case shed
        /// Push from now on.
        case push
        /// Look at nothing that arrives.
        case stall(fault: Int)
        /// Answer late.
        case slowDown(fault: Int)
        /// Have its lines cut.
        case cut(fault: Int)
        /// Say what is due.
        case sendLate
        /// Work as usual again.
        case recover(fault: Int)
        /// Take connections again.
        case reopen(fault: Int)
    }

    struct Entry: Equatable {
        var step: Step
        /// From t0; plan time.
        var at: Span
        /// Before that; real time.
        var ahead = Span.zero
    }

    /// How long before a drop its threshold is asked for; the workers report their ranks two seconds ahead.
    static let thresholdAhead = Span.milliseconds(1500)

    var entries: [Entry] = []

    /// The steps of `gateway` in `plan`, in the plan's order.
    init(of gateway: GatewayID, in plan: Plan) {
        for (fault, event) in plan.timeline.enumerated() {
            switch event.action {
            case .drop, .kick:
                guard event.action.gatewayCommand != nil else { continue }
                guard event.scope.gateways?.contains(gateway) != false else { continue }
                if event.scope.gateways != nil {
                    let ahead = GatewayTimeline.thresholdAhead
                    entries.append(Entry(step: .askThreshold(fault: fault), at: event.at, ahead: ahead))
                }
                entries.append(Entry(step: .drop(fault: fault), at: event.at))
            case .restart(let restart) where restart.manner == .graceful,
                .rollingRestart(let restart, _) where restart.manner == .graceful:
                for outage in event.outages where outage.gateway == gateway {
                    entries.append(Entry(step: .leave(fault: fault), at: outage.begin))
                }
            case .stall where event.scope.gateways?.contains(gateway) == true:
                entries.append(Entry(step: .stall(fault: fault), at: event.at))
            case .overload where event.scope.gateways?.contains(gateway) == true:
                entries.append(Entry(step: .slowDown(fault: fault), at: event.at))
            case .disturb(let disturbance) where event.scope.gateways?.contains(gateway) == true:
                if disturbance.kind == .partition { entries.append(Entry(step: .cut(fault: fault), at: event.at)) }
            case .drain where event.scope.gateways?.contains(gateway) == true:
                entries.append(Entry(step: .drain(fault: fault), at: event.at))
            default: continue
            }
        }
        for scaling in plan.scalings where scaling.removed.contains(gateway) {
            entries.append(Entry(step: .leave(fault: scaling.fault), at: scaling.at))
        }
    }
}
