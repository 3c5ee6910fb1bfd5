import HoldfastCore

/// What goes over one session's connections beside heartbeats.
struct Business {
    /// What the fleet has for it.
    var mailbox = Mailbox()
    /// What it received of that.
    var receipts = Receipts()
    /// What it asks.
    var requester = Requester()
    /// The connection on which the fleet believes it to be; nil for none.
    var believed: Ordinal?
    /// When it last wrote anything.
    var lastWrite = Instant.zero
    /// The instant of the earliest waiting event; `never` without one.
    var armed = Instant.never

    /// When anything of it is due.
    var deadline: Instant { min(mailbox.deadline, requester.deadline) }
}
