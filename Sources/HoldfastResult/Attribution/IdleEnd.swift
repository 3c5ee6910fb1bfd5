import HoldfastCore

/// What an end has to do with the gateway's limit of silence.
enum IdleEnd: Equatable, Sendable {
    /// Nothing: the silence was shorter, or far longer.
    case none
    /// It comes after just that silence, and the session would have been silent for that long whatever happened.
    case unavoidable
    /// It comes after just that silence, and a beat would have come before: this much before, whatever the faults that
    /// add a known time did to it. At zero or less they may have made it come too late.
    case avoidable(margin: Span)

    /// Whether the end can still be held against a fault whose scope and mechanism fit.
    func admits(_ candidate: Candidate, _ reach: FaultReach, _ disconnect: Disconnect, _ slack: Span) -> Bool {
        switch self {
        case .none: return true
        // What ends connections itself does so while it goes on.
        case .unavoidable: return !reach.isIndirect && candidate.end + slack >= disconnect.at
        case .avoidable(let margin):
            if case .atMost = reach.holdUp { return margin <= .zero }
            return true
        }
    }
}
