import Testing

/// Real runs of the real program, one after the other: more of them at a time would disturb each other's timers.
@Suite(.serialized) struct EndToEnd {
    /// Cases that may be tried two at a time, since nothing but counts is asserted of them and the machine is idle for
    /// most of such a run. One that the other held up says so, and is made again.
    static func pairs<Case>(_ cases: [Case]) -> [[Case]] {
        stride(from: 0, to: cases.count, by: 2).map { Array(cases[$0..<min($0 + 2, cases.count)]) }
    }

    /// Tries the cases of a pair at once.
    static func together<Case: Sendable>(
        _ cases: [Case],
        _ body: @escaping @Sendable (Case) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for one in cases { group.addTask { try await body(one) } }
            try await group.waitForAll()
        }
    }
}
