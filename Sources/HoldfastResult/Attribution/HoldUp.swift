import HoldfastCore
import HoldfastPlan

/// One executed interval of a fault that holds messages up, and by how much.
struct HoldUp: Sendable {
    /// By how much.
    enum Length: Equatable, Sendable {
        /// One transmission at most this much.
        case atMost(Span)
        /// For as long as kernels send again what is lost or has no room.
        case retransmission
    }

    /// The fault's index in the timeline.
    var fault: Int
    /// `noGateway` for a fault whose scope is sessions.
    var gateway: GatewayID
    var start: Instant
    /// `never` while it goes on.
    var end: Instant
    var length: Length

    /// The most by which one transmission can be late.
    var longest: Span {
        switch length {
        case .atMost(let span): span
        case .retransmission: Attribution.lateness
        }
    }
}

extension FaultAction {
    /// By how much it holds messages up; nil where it does not.
    var holdUp: HoldUp.Length? {
        switch self {
        case .overload(let delay, _): .atMost(delay)
        case .disturb(let disturbance):
            switch disturbance.kind {
            case .delay: .atMost(disturbance.added + disturbance.jitter)
            case .partition, .loss, .congest: .retransmission
            case .loseResets: nil
            }
        case .freeze, .stall, .drop, .kill, .restart, .rollingRestart, .kick, .resume, .registry, .crash, .reroute,
            .foreground, .drain, .scale, .reloadBalancer:
            nil
        }
    }
}
