import HoldfastCore

/// One client through a balancer or a middlebox: two connections, and what is on its way between them.
struct Flow {
    /// One way through the flow.
    struct Direction {
        /// What the receiver had no room for. While there is any, the sender is not read.
        var pending = OutgoingBytes()
        /// The sender's FIN was read, and passed on: it is only read when nothing is pending.
        var isFinished = false
    }

    /// Where the client comes from.
    var source: Endpoint
    /// Whose draws decide, and at which ordinal: recovered from the source.
    var session: SessionID
    var ordinal: Ordinal
    /// The gateway that was picked.
    var gateway: GatewayID
    /// Connects that failed before this one.
    var attempt: UInt32 = 0
    /// Which of its carrier's tables has its entry.
    var table = 0
    /// Whether the gateway is reached.
    var isOpen = false
    /// Whether it was made before the balancer was reloaded and forgot it.
    var isForgotten = false
    /// When bytes last came that keep its entry.
    var lastHeard = Instant.zero
    /// Whether its entry has gone because it was idle for too long, and nobody was told: nothing passes any more.
    var isExpired = false
    /// Whether the other end is only reached once a line is mended, and what the client says waits in the kernel.
    var isWaiting = false
    /// Whether a reset that either end sends is lost now.
    var losesResets = false
    /// Whether one was: whoever speaks on gets another.
    var answersWithReset = false
    /// Whether it was not its entry that went, but its way: nobody gets an answer.
    var isSevered = false
    /// Whether the kernel drops what an end sends.
    var isClientCut = false
    var isGatewayCut = false
    var toGateway = Direction()
    var toClient = Direction()

    /// The way from a sender: its client, or its gateway.
    subscript(fromClient isClient: Bool) -> Direction {
        _read { if isClient { yield toGateway } else { yield toClient } }
        _modify { if isClient { yield &toGateway } else { yield &toClient } }
    }

    /// Whether the timeline does anything to it now.
    var isImpaired: Bool { isWaiting || losesResets || isClientCut || isGatewayCut }

    /// Both ends have said all they had to say.
    var isOver: Bool { toGateway.isFinished && toClient.isFinished }
}
