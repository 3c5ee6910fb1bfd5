extension HeartbeatTraits {
    /// The client beats once nothing was written for an interval: every write arms the timer anew.
    static var idle: HeartbeatTraits { [.clientSends, .clientDetects, .writesRearm] }
}
