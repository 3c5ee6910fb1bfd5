import HoldfastCore

/// What can be told apart within one metric.
public enum LabelKey: String, CaseIterable, Sendable {
    case cause
    case gateway
    case mechanism
    case outcome
    case plan
    case role
    case run
    case state
    case timer
    case version
}

/// Where a session is, for the gauge of sessions.
public enum SessionState: String, CaseIterable, Sendable {
    /// On a gateway.
    case admitted
    /// Over before its run is.
    case stopped
    /// Neither admitted nor stopped.
    case waiting
}

/// One label of a point. The constructors keep the values to sets that are bounded.
public struct Label: Hashable, Sendable {
    /// What it tells apart.
    public let key: LabelKey
    /// Its value as text.
    public let value: String

    init(_ key: LabelKey, _ value: String) {
        self.key = key
        self.value = value
    }

    /// Who is held responsible for a disconnect.
    public static func cause(_ cause: Cause) -> Label { Label(.cause, cause.rawValue) }

    /// Which logical gateway.
    public static func gateway(_ id: GatewayID) -> Label { Label(.gateway, String(id)) }

    /// How a session came to know of a disconnect.
    public static func mechanism(_ mechanism: Mechanism) -> Label { Label(.mechanism, mechanism.rawValue) }

    /// The outcome of a connect that did not end in admission.
    public static func outcome(_ failure: ConnectFailure) -> Label { Label(.outcome, failure.rawValue) }

    /// The outcome of a connect that ended in admission.
    public static let succeeded = Label(.outcome, "succeeded")

    /// What a timer of the harness is for.
    public static func timer(_ kind: TimerKind) -> Label { Label(.timer, kind.rawValue) }

    /// Where a session is.
    public static func state(_ state: SessionState) -> Label { Label(.state, state.rawValue) }
}
