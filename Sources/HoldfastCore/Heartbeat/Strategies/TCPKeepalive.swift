extension HeartbeatTraits {
    /// The client's kernel probes (`Keepalive`): it sees dead hosts and paths, and never a frozen process.
    static var tcpKeepalive: HeartbeatTraits { [.kernelProbes] }
}
