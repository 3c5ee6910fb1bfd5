extension HeartbeatTraits {
    /// The client beats and finds out how long an interval its network bears: `AdaptiveInterval`.
    static var adaptive: HeartbeatTraits { [.clientSends, .clientDetects] }
}
