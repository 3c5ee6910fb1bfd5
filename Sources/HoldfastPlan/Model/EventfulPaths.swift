import HoldfastCore

extension Plan {
    /// Whether anything but the usual delay can happen between sessions and gateways.
    public var hasEventfulPaths: Bool {
        if target.balancer.idleTimeout != nil || target.gateway.hasFrontDoor || target.regions != nil { return true }
        if plansOfGroups.contains(where: \.hasEventfulSessions) { return true }
        return timeline.contains { event in
            switch event.action {
            case .crash, .overload, .disturb, .reroute: true
            case .drop, .freeze, .kill, .restart, .rollingRestart, .kick, .resume, .registry, .stall, .foreground,
                .drain, .scale, .reloadBalancer:
                false
            }
        }
    }

    /// Whether it says anything how long a connection took to come about.
    public var measuresConnects: Bool { hasEventfulPaths || !groups.isEmpty }

    private var hasEventfulSessions: Bool {
        target.middlebox != nil || heartbeat.strategy == .tcpKeepalive || heartbeat.userTimeout != nil
    }
}
