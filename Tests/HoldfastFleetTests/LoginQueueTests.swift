import HoldfastCore
import Testing

@testable import HoldfastFleet

@Suite struct LoginQueueTests {
    private func hello(_ session: SessionID) -> Hello {
        Hello(group: 0, session: session, ordinal: 1, account: session, intervalMilliseconds: 0, run: 1)
    }

    private func at(_ milliseconds: Int64) -> Instant { .zero + .milliseconds(milliseconds) }

    /// ```
    /// ms      0    5    10        20   25        35
    /// slot 3  |----work----|
    /// slot 7       |.......|--work-|
    /// slot 1                            |--work--|
    /// ```
    @Test func oneIsWorkedOnAfterTheOther() throws {
        var queue = try #require(LoginQueue(loginTime: .milliseconds(10)))
        queue.add(hello(30), 3, 1, at(0))
        queue.add(hello(70), 7, 2, at(5))
        #expect(queue.due(3, 1) == at(10) && queue.due(7, 2) == at(20))
        #expect(queue.takeDue(3, 1, at(10) - Span(nanoseconds: 1)) == nil)
        #expect(queue.takeDue(3, 1, at(10))?.session == 30)
        #expect(queue.takeDue(3, 1, at(10)) == nil)
        #expect(queue.takeDue(7, 2, at(19)) == nil)
        #expect(queue.takeDue(7, 2, at(20))?.session == 70)
        queue.add(hello(10), 1, 3, at(25))
        #expect(queue.due(1, 3) == at(35))
    }

    @Test func whoeverIsGoneIsNotWorkedOnAgain() throws {
        var queue = try #require(LoginQueue(loginTime: .milliseconds(10)))
        queue.add(hello(30), 3, 1, at(0))
        #expect(queue.due(3, 2) == .never)
        #expect(queue.takeDue(3, 2, at(10)) == nil)
        queue.remove(3)
        #expect(queue.due(3, 1) == .never)
        // The time was taken all the same.
        queue.add(hello(70), 7, 2, at(5))
        #expect(queue.due(7, 2) == at(20))
    }

    @Test func withoutATimeThereIsNoQueue() { #expect(LoginQueue(loginTime: .zero) == nil) }
}
