extension HeartbeatTraits {
    /// Business traffic is proof: the client beats once nothing was heard for an interval, so the first beat is never
    /// before one.
    static var piggyback: HeartbeatTraits { [.clientSends, .clientDetects, .proofRearms] }
}
