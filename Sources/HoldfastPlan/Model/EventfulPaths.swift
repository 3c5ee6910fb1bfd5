import HoldfastCore

extension Plan {
    /// Whether anything but the usual delay can happen between sessions and gateways.
    public var hasEventfulPaths: Bool {
        if target.balancer.idleTimeout != nil || target.gateway.hasFrontDoor { return true }
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

    private var hasEventfulSessions: Bool {
        target.middlebox != nil || heartbeat.strategy == .tcpKeepalive || heartbeat.userTimeout != nil
    }
}
