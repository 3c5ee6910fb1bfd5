import HoldfastCore
import HoldfastPlan

/// What the timeline does to some of the flows of a middlebox.
struct Impairment {
    let fault: Int
    /// Nil for what is over at once.
    let disturbance: Disturbance?
    /// Nil is all of them.
    private let gateways: [GatewayID]?
    /// By session; nil is everybody.
    private let sessions: [Bool]?

    init(_ fault: Int, of plan: Plan) {
        self.fault = fault
        if case .disturb(let disturbance) = plan.realTime.timeline[fault].action {
            self.disturbance = disturbance
        } else {
            disturbance = nil
        }
        let scope = plan.timeline[fault].scope
        gateways = scope.gateways
        let isEverybody = scope.group == nil && (scope.gateways != nil || scope.share == .fraction(1))
        sessions = isEverybody ? nil : (0..<plan.sessions).map { plan.isVictim(SessionID($0), fault: fault) }
    }

    /// Whether it is about everybody who comes to an entrance.
    func isOfAll(_ entrance: MiddleboxServer.Entrance) -> Bool { sessions == nil && leads(to: entrance) }

    /// Whether it is about a flow; strangers are nobody's sessions.
    func hits(_ flow: Flow, through entrance: MiddleboxServer.Entrance) -> Bool {
        guard leads(to: entrance) else { return false }
        guard let sessions else { return true }
        return sessions.indices.contains(Int(flow.session)) && sessions[Int(flow.session)]
    }

    private func leads(to entrance: MiddleboxServer.Entrance) -> Bool {
        guard let gateways else { return true }
        return entrance.gateway.map(gateways.contains) ?? false
    }
}
