extension HeartbeatTraits {
    /// No heartbeat: a silent death is never noticed.
    static var none: HeartbeatTraits { [] }
}
