/// The kinds of timeline events that this version executes, with what each can do to a connection.
public enum FaultKind: String, CaseIterable, Sendable {
    /// Sessions or a gateway end some connections.
    case drop
    /// The gateway's processes are stopped (SIGSTOP): the kernel still acknowledges, nobody answers.
    case freeze
    /// The gateway's processes are killed (SIGKILL).
    case kill
    /// One gateway stops and starts again.
    case restart
    /// Gateways restart one after the other.
    case rollingRestart
    /// A gateway ends connections and tells their sessions, or not, to stay away.
    case kick
    /// Users retry by hand.
    case resume
    /// Reports stop reaching the registry, or its list shrinks.
    case registry
    /// The gateway's host loses power: silence, and once it is back a reset for whoever still asks.
    case crash
    /// The gateway accepts and reads and does not answer.
    case stall
    /// The gateway answers late.
    case overload
    /// Nothing passes between sessions and gateways.
    case partition
    /// The network loses a share of what is sent.
    case loss
    /// The network takes longer.
    case delay
    /// Many connections share one slow line with a full buffer.
    case congest
    /// Resets do not arrive.
    case loseResets
    /// Clients get another address.
    case changeAddress
    /// A NAT forgets its entries.
    case expireNat
    /// A NAT gives its entries other addresses.
    case rebindNat
    /// Clients move to another network.
    case switchNetwork
    /// Users open the app.
    case foreground
    /// A gateway takes no new connections and asks its sessions to go, one after the other.
    case drain
    /// Gateways are added, or the last ones removed.
    case scale
    /// A balancer begins anew.
    case reloadBalancer

    /// Whether it acts on gateways as a whole, so that each has an executed interval of its own.
    public var isOnGateways: Bool {
        switch self {
        case .freeze, .kill, .restart, .rollingRestart, .crash, .stall, .overload, .drain, .scale: true
        default: false
        }
    }

    /// The mechanisms by which a session can notice this fault on a connection in its scope.
    ///
    /// A killed process leaves its kernel to finish or reset the connection. A frozen one is only ever noticed by the
    /// session's own heartbeat, and once it thaws it may finish what it had timed out.
    public func canCause(_ mechanism: Mechanism) -> Bool {
        switch self {
        case .kick: [.kicked, .fin, .reset, .writeError].contains(mechanism)
        case .resume, .registry, .foreground, .reloadBalancer: false
        // It ends nothing; what others end is noticed later for it.
        case .loseResets: false
        case .drop: [.local, .fin, .reset, .heartbeat, .writeError].contains(mechanism)
        case .stall, .overload: [.heartbeat, .fin, .reset].contains(mechanism)
        case .crash:
            [.heartbeat, .reset, .writeError, .keepalive, .userTimeout, .retransmission].contains(mechanism)
        // What an end gave up meanwhile it finishes, or resets, as soon as something passes again.
        case .partition, .loss, .delay, .congest:
            [.heartbeat, .fin, .reset, .writeError, .keepalive, .userTimeout, .retransmission].contains(mechanism)
        case .changeAddress, .expireNat, .rebindNat, .switchNetwork:
            [.local, .heartbeat, .reset, .writeError, .keepalive, .userTimeout, .retransmission].contains(mechanism)
        case .freeze: [.heartbeat, .writeError, .userTimeout, .retransmission].contains(mechanism)
        case .kill: [.fin, .reset, .writeError].contains(mechanism)
        case .restart, .rollingRestart, .drain, .scale: [.goaway, .fin, .reset, .writeError].contains(mechanism)
        }
    }
    /// Whether a session can notice this fault so where the reset that would have told it is lost: by waiting in vain.
    public func canCauseWithoutReset(_ mechanism: Mechanism) -> Bool {
        canCause(.reset) && [.heartbeat, .keepalive, .userTimeout, .retransmission].contains(mechanism)
    }
}
