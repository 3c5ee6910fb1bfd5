import HoldfastCore
import HoldfastResult
import Testing

/// Counters by kind are arrays in the order of `allCases`.
@Suite struct PositionTests {
    @Test func everyPositionIsThatInAllCases() {
        #expect(Cause.allCases.map { position($0) } == Array(Cause.allCases.indices))
        #expect(Mechanism.allCases.map { position($0) } == Array(Mechanism.allCases.indices))
        #expect(StopReason.allCases.map { position($0) } == Array(StopReason.allCases.indices))
        #expect(ConnectFailure.allCases.map { position($0) } == Array(ConnectFailure.allCases.indices))
    }
}
