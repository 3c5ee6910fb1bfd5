import HoldfastCore
import HoldfastPlan

/// What one timeline event can do, and to whose connections.
struct FaultReach: Sendable {
    /// Whether it acts on gateways' processes, so that each gateway has an executed interval of its own.
    let isProcessFault: Bool
    /// Whether processes stand still.
    let isFreeze: Bool
    /// By how much messages may arrive later while it goes on; nil is not at all.
    let holdUp: HoldUp.Length?
    /// Whether resets do not arrive while it goes on.
    let losesResets: Bool
    /// Whether only the sessions up to a threshold rank are its victims.
    let isRanked: Bool
    private let kind: FaultKind
    private let mechanisms: UInt16
    /// By gateway id; nil is every gateway.
    private let gateways: [Bool]?

    init(_ event: TimelineEvent, gateways count: Int) {
        kind = event.action.kind
        isProcessFault = event.action.kind.isOnGateways
        isFreeze = event.action.kind == .freeze || event.action.kind == .stall
        holdUp = event.action.holdUp
        losesResets = event.action.kind == .loseResets
        isRanked = !isProcessFault && (event.scope.share != .fraction(1) || event.scope.group != nil)
        mechanisms = event.action.mechanisms.reduce(0) { $0 | $1.bit }
        gateways = event.scope.gateways.map { scope in
            (0..<count).map { scope.contains(GatewayID($0)) }
        }
    }

    /// Whether the connection lies in the scope and its end is one that this event can cause.
    func contains(_ disconnect: Disconnect) -> Bool {
        mechanisms & disconnect.mechanism.bit != 0 && isOn(disconnect.gateway)
    }

    /// Whether the connection lies in the scope and this event can have ended it so that the session, which never saw a
    /// reset, noticed as it did.
    func containsWithoutReset(_ disconnect: Disconnect) -> Bool {
        kind.canCauseWithoutReset(disconnect.mechanism) && mechanisms & Mechanism.reset.bit != 0
            && isOn(disconnect.gateway)
    }

    /// Whether what it ends is what the fleet planned, and no fault of anybody.
    var isPolicy: Bool { kind == .drain }

    /// Whether it ends connections only by keeping something away until somebody's patience is over.
    var isIndirect: Bool { holdUp != nil || isFreeze }

    /// Whether it makes a gateway stand still, which then writes nothing.
    func isFreezeOn(_ gateway: GatewayID) -> Bool { isFreeze && isOn(gateway) }

    /// Whether a gateway is in the scope.
    func isOn(_ gateway: GatewayID) -> Bool {
        guard let gateways else { return true }
        return gateway < gateways.count && gateways[Int(gateway)]
    }
}

extension FaultAction {
    /// The mechanisms by which a session can notice it without having done it itself: those of its kind, less what its
    /// parameters rule out.
    var mechanisms: [Mechanism] {
        Mechanism.allCases.filter { kind.canCause($0) && !rulesOut($0) }
    }

    private func rulesOut(_ mechanism: Mechanism) -> Bool {
        switch self {
        case .drop(let drop):
            // A worker knows at once what it ended itself, so nothing else can follow from it.
            if drop.side == .client { return true }
            switch drop.manner {
            // A socket closed with unread bytes is reset by its kernel, polite or not.
            case .fin: return ![.fin, .reset, .writeError].contains(mechanism)
            case .reset: return ![.reset, .writeError].contains(mechanism)
            case .vanish: return [.local, .fin, .reset].contains(mechanism)
            }
        case .restart(let restart), .rollingRestart(let restart, _):
            return restart.manner == .kill && mechanism == .goaway
        case .kick(let notice): return !notice && mechanism == .kicked
        // A session that its system tells does itself what follows.
        case .reroute(let rerouting): return rerouting.isKnown || mechanism == .local
        case .freeze, .kill, .resume, .registry, .crash, .stall, .overload, .disturb, .foreground, .drain, .scale,
            .reloadBalancer:
            return false
        }
    }
}

extension TimelineEvent {
    /// The highest rank of a victim among `sessions` where everyone can compute it from the plan alone: without a
    /// gateway in the scope, or with everybody there is.
    func fixedThreshold(sessions: Int) -> UInt32? {
        guard scope.gateways == nil || scope.share == .fraction(1), !action.kind.isOnGateways else { return nil }
        let victims = scope.share.victims(of: sessions)
        return victims > 0 ? UInt32(victims - 1) : nil
    }
}

extension Mechanism {
    /// A mechanism as one bit of a set.
    fileprivate var bit: UInt16 {
        switch self {
        case .local: 1 << 0
        case .fin: 1 << 1
        case .reset: 1 << 2
        case .heartbeat: 1 << 3
        case .writeError: 1 << 4
        case .keepalive: 1 << 5
        case .userTimeout: 1 << 6
        case .retransmission: 1 << 7
        case .kicked: 1 << 8
        case .goaway: 1 << 9
        case .protocolViolation: 1 << 10
        }
    }
}
