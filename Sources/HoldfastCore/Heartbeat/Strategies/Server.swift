extension HeartbeatTraits {
    /// The gateway beats and misses the answers; the client, which expects to hear it, misses the beats.
    static var server: HeartbeatTraits { [.gatewaySends, .clientDetects, .gatewayDetects] }
}
