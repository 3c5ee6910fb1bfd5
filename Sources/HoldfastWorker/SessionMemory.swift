import HoldfastControl

/// What a session costs in user memory: the growth of anonymous memory from before the first session.
public struct SessionMemory {
    /// Bytes a session; nil until it was measured.
    public private(set) var bytesPerSession: Double?
    private let before: UInt64

    /// Measures what the process has before it holds any session.
    public init() { before = AgentUsage.current.anonymousBytes }

    /// Measures what `sessions` sessions, all of them there, have added to that.
    public mutating func measure(sessions: Int) { bytesPerSession = growth(perSessionOf: sessions) ?? bytesPerSession }

    /// What the process has grown by since, divided by `sessions`; bytes, or nil if that cannot be known.
    public func growth(perSessionOf sessions: Int) -> Double? {
        let now = AgentUsage.current.anonymousBytes
        guard sessions > 0, before > 0, now > before else { return nil }
        return Double(now - before) / Double(sessions)
    }
}
