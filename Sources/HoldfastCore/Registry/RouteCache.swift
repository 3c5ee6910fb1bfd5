/// What sessions remember of a registry's answers: for a while each goes where it was told last, without asking.
///
/// A session that keeps off that gateway asks, because it failed there or was sent away.
public struct RouteCache: Sendable {
    private struct Entry {
        var gateway = noGateway
        var end = Instant(nanoseconds: .min)
    }

    private let lifetime: Span
    private var entries: [Entry]

    /// Answers of `sessions` sessions, by their places, each good for `lifetime`, which is above zero.
    public init(lifetime: Span, sessions: Int) {
        self.lifetime = lifetime
        entries = [Entry](repeating: Entry(), count: sessions)
    }

    /// The session at `place` was told to go to `gateway`.
    public mutating func remember(_ gateway: GatewayID, of place: Int, now: Instant) {
        entries[place] = Entry(gateway: gateway, end: now + lifetime)
    }

    /// Where the session at `place` goes without asking; nil when it has to ask.
    public func gateway(of place: Int, avoiding avoidance: Avoidance, now: Instant) -> GatewayID? {
        let entry = entries[place]
        guard entry.gateway != noGateway, now < entry.end, !avoidance.concerns(entry.gateway) else { return nil }
        return entry.gateway
    }
}
