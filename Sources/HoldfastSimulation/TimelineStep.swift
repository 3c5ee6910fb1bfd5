import HoldfastCore

/// One thing that the run itself does at one instant.
enum TimelineStep {
    /// Establishing has taken as long as it may.
    case announce
    case drop(fault: Int)
    /// Sessions that gave up or were kicked try again.
    case resume(fault: Int)
    /// Users open the app.
    case foreground(fault: Int)
    /// The fleet or its balancer changes.
    case fleet(FleetStep)
    /// Something is done to the registry, or undone.
    case registry(fault: Int, isOver: Bool)
    /// A third party looks at every gateway.
    case probe
    /// The network changes, and is as before.
    case disturb(fault: Int)
    case settle(fault: Int)
    /// Connections lose their way.
    case reroute(fault: Int)
    /// A host loses power, and has it again.
    case crash(fault: Int, GatewayID)
    case powerUp(fault: Int, GatewayID)
    /// A gateway stops answering, or answers late, and is as before.
    case stall(fault: Int, GatewayID)
    case slow(fault: Int, GatewayID, Span)
    case freeze(fault: Int, GatewayID)
    case thaw(fault: Int, GatewayID)
    case kill(fault: Int, GatewayID)
    /// A graceful stop begins.
    case leave(fault: Int, GatewayID, down: Span)
    /// A graceful stop has waited long enough.
    case drainOver(fault: Int, GatewayID)
    /// The next process listens.
    case listen(fault: Int, GatewayID)
}
