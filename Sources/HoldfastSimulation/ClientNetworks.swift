import HoldfastCore
import HoldfastPlan

/// The networks that sessions move between, by number; 0 is that of a session's own middlebox, where it begins.
struct ClientNetworks {
    private var names: [String] = [Rerouting.home]
    private var policies: [MiddleboxPolicy?] = [nil]
    /// By session; empty where nobody ever moves.
    private var present: [UInt8] = []

    /// Those that the timeline of `plan` names, in its time.
    init(_ plan: Plan) {
        for event in plan.timeline {
            guard case .reroute(let rerouting) = event.action, let name = rerouting.network else { continue }
            if present.isEmpty { present = Array(repeating: 0, count: plan.sessions) }
            guard !names.contains(name) else { continue }
            var policy = MiddleboxPolicy.presets[name]
            let aging = policy?.aging
            policy?.aging = aging?.scaled(by: 1 / plan.timeScale)
            names.append(name)
            policies.append(policy)
        }
    }

    /// Where `session` is.
    subscript(session: SessionID) -> UInt8 { present.isEmpty ? 0 : present[Int(session)] }

    /// The middlebox of network `number`, which is not 0.
    func middlebox(_ number: UInt8) -> MiddleboxPolicy? { policies[Int(number)] }

    /// From now on `session` is on the network with this name.
    mutating func move(_ session: SessionID, to name: String) {
        guard let number = names.firstIndex(of: name) else { return }
        present[Int(session)] = UInt8(number)
    }
}

/// Clients that move, and what they remember of where they were.
extension World {
    /// What stands between the client of a connection and everything else.
    func middlebox(of path: Path, _ key: LinkKey) -> MiddleboxPolicy? {
        path.network == 0 ? middlebox(of: key.session) : networks.middlebox(path.network)
    }

    /// The victims move, and with them whoever the event is about and has no connection to lose.
    mutating func move(_ victims: [Int], to network: String, _ fault: Int) {
        for id in victims { networks.move(UInt32(id), to: network) }
        guard plan.timeline[fault].scope.gateways == nil else { return }
        for id in 0..<UInt32(sessionCount) where plan.isVictim(id, fault: fault) { networks.move(id, to: network) }
    }

    /// A client with an adaptive heartbeat learns of the network that its new connection began on.
    mutating func beginLearning(_ id: Int) {
        if let path = paths[key(of: id)] { adaptive[id].move(to: UInt32(path.network), at: now) }
        adaptive[id].connect()
    }
}
