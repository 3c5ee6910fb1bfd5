import HoldfastControl

/// What a session costs in user memory: the growth of anonymous memory from before the first session to t0.
struct SessionMemory {
    /// Bytes a session; nil until it was measured.
    private(set) var bytesPerSession: Double?
    private let before: UInt64

    /// Measures what the process has before it holds any session.
    init() { before = AgentUsage.current.anonymousBytes }

    mutating func measure(sessions: Int) {
        let now = AgentUsage.current.anonymousBytes
        guard sessions > 0, before > 0, now > before else { return }
        bytesPerSession = Double(now - before) / Double(sessions)
    }
}
