import HoldfastCore

/// What the simulator keeps of a session beside the session itself.
struct Seat {
    /// The connection as its gateway sees it.
    var link = Link()
    /// The instant of the earliest waiting deadline event; `never` without one.
    var armed = Instant.never
    /// Which part of the run keeps its accounts.
    var segment: UInt16 = 0
    /// Its group in the plan.
    var group: UInt16 = 0
    /// Whether its beats are counted in closed form for now.
    var isSkipping = false
    /// Whether it was ever admitted.
    var hasBeenAdmitted = false
}

/// One connection on its gateway.
struct Link {
    /// The gateway's brain.
    var connection = GatewayConnection(acceptedAt: .zero, policy: GatewayPolicy())
    /// Where it is.
    var gateway = noGateway
    /// The session's ordinal of it.
    var ordinal: Ordinal = 0
    /// Whether the gateway holds it.
    var isOpen = false
    /// Whether it came through the balancer.
    var isBalanced = false
    /// Whether the balancer's present process does not know of it.
    var isInherited = false
    /// When the gateway's program accepted it, or will.
    var acceptedAt = Instant.zero
    /// The instant of the earliest waiting deadline event; `never` without one.
    var armed = Instant.never
}

/// One connection of one session.
struct LinkKey: Hashable, Comparable {
    var session: SessionID
    var ordinal: Ordinal

    static func < (left: LinkKey, right: LinkKey) -> Bool {
        (left.session, left.ordinal) < (right.session, right.ordinal)
    }
}
