/// What kind of end an admitted connection had, which decides where its session goes next and when.
enum DisconnectClass: Sendable {
    /// The session's own side ended it on purpose: it comes back as its policy says, to any gateway.
    case planned
    /// The gateway kicked it: it stops.
    case kicked
    /// The gateway named another: it goes there at once.
    case moved
    /// The gateway has too much to do: it waits as long as the gateway asks, and no less than its policy says.
    case overload
    /// The gateway sends everybody away: it comes back out of step with the others, and not to that gateway first.
    case drain
    /// Anything else: it backs off, and the gateway may be in quarantine.
    case abnormal

    /// What a gateway means that asks a session to leave.
    init(_ reason: GoawayReason) {
        switch reason {
        case .move: self = .moved
        case .overload: self = .overload
        case .drain, .age, .shed: self = .drain
        }
    }

    /// The wait before the first attempt, where the policy says `backedOff`. A drained gateway sends all of its
    /// sessions away at one instant: where the policy spreads nothing, they spread over U(0, backedOff).
    func wait(_ backedOff: Span, _ delay: ReconnectPolicy.Delay, draw: UInt64) -> Span {
        switch self {
        case .moved: .zero
        case .drain where !delay.spreadsFirstWait: backedOff.scaled(by: unitDouble(draw))
        case .planned, .kicked, .overload, .drain, .abnormal: backedOff
        }
    }
}
