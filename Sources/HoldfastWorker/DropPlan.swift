import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// What this worker has to do for the drops of the timeline, as numbered steps of its own timeline.
struct DropPlan {
    /// One thing to do at one instant.
    enum Step {
        /// Report the ranks of the sessions on the fault's gateways.
        case rank(fault: Int)
        /// The gateways are about to end the victims: tell them what to do then.
        case expect(fault: Int)
        /// End the victims.
        case drop(fault: Int)
        /// The victims' connections lose their way.
        case reroute(fault: Int)
        /// Let sessions that gave up try again.
        case resume(fault: Int)
        /// The app is opened.
        case foreground(fault: Int)
    }

    /// How long before a drop ranks are reported: one exchange up, one down, and some more.
    private static let rankLead = Span.seconds(2)
    /// How long before a gateway's drop its victims are told: more than the clocks of two processes can be apart.
    private static let expectLead = Span.milliseconds(100)

    /// By step number.
    private(set) var steps: [(step: Step, at: Span)] = []
    private let timeline: [TimelineEvent]

    /// The steps of a plan in real time.
    init(timeline: [TimelineEvent]) {
        self.timeline = timeline
        for (fault, event) in timeline.enumerated() {
            if case .resume = event.action { steps.append((.resume(fault: fault), event.at)) }
            if case .foreground = event.action { steps.append((.foreground(fault: fault), event.at)) }
            if case .reroute(let rerouting) = event.action, rerouting.kind.isOfClient {
                steps.append((.reroute(fault: fault), event.at))
            }
            guard let drop = event.action.drop else { continue }
            if event.scope.gateways != nil { steps.append((.rank(fault: fault), event.at - DropPlan.rankLead)) }
            switch drop.side {
            case .client: steps.append((.drop(fault: fault), event.at))
            case .gateway: steps.append((.expect(fault: fault), event.at - DropPlan.expectLead))
            }
        }
    }

    /// How the drop is done, and the gateways it is restricted to.
    func drop(_ fault: Int) -> (drop: Drop, gateways: [GatewayID]?)? {
        guard let drop = timeline[fault].action.drop else { return nil }
        return (drop, timeline[fault].scope.gateways)
    }

    /// What becomes of the clients' ways, and the gateways it is restricted to.
    func rerouting(_ fault: Int) -> (rerouting: Rerouting, gateways: [GatewayID]?)? {
        guard case .reroute(let rerouting) = timeline[fault].action else { return nil }
        return (rerouting, timeline[fault].scope.gateways)
    }

    /// Until when an app that is opened at `start` stays so; nil for other events.
    func foregroundEnd(_ fault: Int, from start: Instant) -> Instant? {
        guard case .foreground(let length) = timeline[fault].action else { return nil }
        return length.map { start + $0 } ?? .never
    }

    /// Whether anything makes connections vanish, which then keep their descriptors.
    var vanishes: Bool {
        timeline.contains { event in
            switch event.action {
            case .drop(let drop): drop.manner == .vanish && drop.side == .client
            case .reroute(let rerouting): rerouting.kind.isOfClient
            default: false
            }
        }
    }
}
