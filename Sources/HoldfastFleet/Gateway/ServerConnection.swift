import HoldfastCore

/// What the gateway keeps of one connection.
struct ServerConnection {
    var brain: GatewayConnection
    /// Which of the connections of its process it is: slots are used again.
    var number: UInt64 = 0
    /// When the last of what is held back goes out; zero where nothing is.
    var lateUntil = Instant.zero
    var partial = PartialFrame()
    var outgoing = OutgoingBytes()
    /// The session's group, as its login said.
    var group: UInt8 = 0
    /// Stands for what a real gateway knows about its user.
    var state: UnsafeMutableRawPointer?
    /// Whether it has one of the gateway's places for sessions.
    var hasPlace = false
    /// Whether a balancer accepted it, which wants to know when it is over.
    var isHanded = false
    /// Whether it was asked to go.
    var isAsked = false
    /// Open, but neither read nor written any more, until the peer ends it.
    var isVanished = false
    /// Over, but for what is held back and goes out first.
    var isEnding = false

    /// Whether nobody listens to it any more.
    var isDeaf: Bool { isVanished || isEnding }
}
