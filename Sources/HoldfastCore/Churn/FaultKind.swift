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

    /// The mechanisms by which a session can notice this fault on a connection in its scope.
    ///
    /// A killed process leaves its kernel to finish or reset the connection. A frozen one is only ever noticed by the
    /// session's own heartbeat, and once it thaws it may finish what it had timed out.
    public func canCause(_ mechanism: Mechanism) -> Bool {
        switch self {
        case .kick: [.kicked, .fin, .reset, .writeError].contains(mechanism)
        case .resume, .registry: false
        case .drop: [.local, .fin, .reset, .heartbeat, .writeError].contains(mechanism)
        case .freeze: [.heartbeat, .writeError, .userTimeout, .retransmission].contains(mechanism)
        case .kill: [.fin, .reset, .writeError].contains(mechanism)
        case .restart, .rollingRestart: [.goaway, .fin, .reset, .writeError].contains(mechanism)
        }
    }
}
