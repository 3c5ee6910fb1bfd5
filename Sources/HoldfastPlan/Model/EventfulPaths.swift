import HoldfastCore

extension Plan {
    /// Whether anything but the usual delay can happen between sessions and gateways.
    public var hasEventfulPaths: Bool {
        if target.middlebox != nil || target.balancer.idleTimeout != nil { return true }
        if target.gateway.hasFrontDoor { return true }
        if heartbeat.strategy == .tcpKeepalive || heartbeat.userTimeout != nil { return true }
        return timeline.contains { event in
            switch event.action {
            case .crash, .overload, .disturb, .reroute: true
            case .drop, .freeze, .kill, .restart, .rollingRestart, .kick, .resume, .registry, .stall, .foreground:
                false
            }
        }
    }
}
