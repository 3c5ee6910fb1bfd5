extension HeartbeatTraits {
    /// The client beats every interval, scheduled from the previous deadline.
    static var fixed: HeartbeatTraits { [.clientSends, .clientDetects] }
}
