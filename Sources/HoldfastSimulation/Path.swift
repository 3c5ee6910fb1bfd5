import HoldfastCore

/// What lies between a session and its gateway for one connection, where a plan lets anything happen there.
struct Path {
    /// Its entry in the middlebox's table.
    var box: Mapping?
    /// The network that the client was on when it began, in ``ClientNetworks``.
    var network: UInt8 = 0
    /// Its entry in the balancer's.
    var flow: Mapping?
    /// Client to gateway, and back.
    var up = Flight()
    var down = Flight()
    /// The client's probes.
    var keepalive: Keepalive?
    /// First segments sent so far, and when the next is due.
    var syns = 0
    var nextSyn = Instant.never
    /// How long it takes from one end to the other.
    var way = Simulation.networkDelay
    /// Whether there is no way.
    var isOutOfReach = false
    /// Whether the balancer has sent its first segment on.
    var isForwarded = false
    /// What the client asked for.
    var wanted = noGateway
    /// Where the balancer sent it, or the client itself.
    var gateway = noGateway
    /// Whether the balancer counts it among that gateway's connections.
    var isCounted = false
    /// Gateways that the balancer tried in vain.
    var tries: UInt32 = 0
    /// Whether nothing passes any more: an end has another address, or a box forgot the connection.
    var isSevered = false
    /// Whether an entry went because the connection was idle for too long.
    var isAged = false
    /// Whether the client's kernel knows the connection no more.
    var isForgotten = false
    /// Whether the client's program abandoned it open: its kernel acknowledges and says nothing.
    var isVanished = false
    /// Whether the middlebox counts it among its entries.
    var holdsPort = false
    /// How often something went along it, which its draws are counted by.
    var crossings: UInt32 = 0
    /// The instant of the earliest waiting event; `never` without one.
    var armed = Instant.never

    subscript(sender: Mapping.Sender) -> Flight {
        get { sender == .client ? up : down }
        set { if sender == .client { up = newValue } else { down = newValue } }
    }
}

/// One direction of a connection as TCP keeps it: in order, and again until it is acknowledged.
struct Flight {
    /// When what is unacknowledged goes out again.
    var timer = Retransmission()
    /// What has not got through yet.
    var held: [SimulatedEvent] = []
    /// Nothing arrives before what was sent earlier.
    var lastArrival = Instant.zero
}

extension Mapping.Sender {
    var other: Mapping.Sender { self == .client ? .gateway : .client }
}
