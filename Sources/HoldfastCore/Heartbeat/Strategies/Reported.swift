extension HeartbeatTraits {
    /// The client beats as with `fixed`, but only the gateway draws conclusions from silence: a mistake to show.
    static var reported: HeartbeatTraits { [.clientSends, .gatewayDetects] }
}
