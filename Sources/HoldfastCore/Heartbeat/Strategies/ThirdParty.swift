extension HeartbeatTraits {
    /// A prober of its own connects to every gateway: it sees gateways, and never the paths of sessions: a mistake to
    /// show.
    static var thirdParty: HeartbeatTraits { [.proberAsks] }
}
