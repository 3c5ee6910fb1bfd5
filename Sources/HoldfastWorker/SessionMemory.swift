import HoldfastControl

/// What a session costs in user memory: the growth of anonymous memory from before the first session to t0.
public struct SessionMemory {
    /// Bytes a session; nil until it was measured.
    public private(set) var bytesPerSession: Double?
    private let before: UInt64

    /// Measures what the process has before it holds any session.
    public init() { before = AgentUsage.current.anonymousBytes }

    /// Measures what `sessions` sessions, all of them there, have added to that.
    public mutating func measure(sessions: Int) {
        let now = AgentUsage.current.anonymousBytes
        guard sessions > 0, before > 0, now > before else { return }
        bytesPerSession = Double(now - before) / Double(sessions)
    }
}
