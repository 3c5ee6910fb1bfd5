extension HeartbeatTraits {
    /// Both ends beat and both draw conclusions: twice the traffic of one.
    static var bidirectional: HeartbeatTraits { [.clientSends, .clientDetects, .gatewaySends, .gatewayDetects] }
}
