import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastFleet

@Suite struct GatewayTimelineTests {
    private func event(_ at: Span, _ gateways: [GatewayID]?, _ action: FaultAction) -> TimelineEvent {
        TimelineEvent(
            at: at,
            phase: nil,
            scope: Scope(gateways: gateways, share: .fraction(1)),
            action: action,
            position: Position(line: 1, column: 1)
        )
    }

    private func restart(_ manner: Restart.Manner) -> Restart { Restart(manner: manner, down: .seconds(3)) }

    private func drop(_ side: Drop.Side) -> FaultAction {
        .drop(Drop(manner: .fin, side: side, comeback: .policy))
    }

    private func steps(of gateway: GatewayID, _ events: [TimelineEvent]) -> [GatewayTimeline.Entry] {
        GatewayTimeline(of: gateway, in: .sample(gateways: 4, timeline: events)).entries
    }

    @Test func rollsInTheOrderOfIds() {
        let rolling = event(.seconds(10), [1, 3], .rollingRestart(restart(.graceful), every: .seconds(8)))
        #expect(steps(of: 1, [rolling]) == [.init(step: .leave(fault: 0), at: .seconds(10))])
        #expect(steps(of: 3, [rolling]) == [.init(step: .leave(fault: 0), at: .seconds(18))])
        #expect(steps(of: 0, [rolling]) == [])
    }

    @Test func leavesToTheCoordinatorWhatTouchesProcesses() {
        let events = [
            event(.seconds(1), [0], .restart(restart(.kill))),
            event(.seconds(2), [0], .kill(length: nil)),
            event(.seconds(3), [0], .freeze(length: nil)),
            event(.seconds(4), [0], .rollingRestart(restart(.kill), every: .seconds(9))),
            event(.seconds(5), [0], drop(.client)),
        ]
        #expect(steps(of: 0, events) == [])
    }

    /// Lines of whole gateways are theirs to cut, those of sessions are not.
    @Test func cutsItsLines() {
        let cut = event(.seconds(7), [1], .disturb(Disturbance(kind: .partition, length: nil)))
        var sessions = cut
        sessions.scope.gateways = nil
        let delay = event(.seconds(8), [1], .disturb(Disturbance(kind: .loseResets, length: nil)))
        #expect(steps(of: 1, [cut, sessions, delay]) == [.init(step: .cut(fault: 0), at: .seconds(7))])
        #expect(steps(of: 0, [cut, sessions, delay]) == [])
        #expect([cut, sessions, delay].map(\.isOfMiddlebox) == [false, true, true])
    }

    @Test func stallsAndSlowsDown() {
        let stall = event(.seconds(7), [1], .stall(length: .seconds(4)))
        let slow = event(.seconds(8), [1, 2], .overload(delay: .seconds(1), length: nil))
        #expect(
            steps(of: 1, [stall, slow]) == [
                .init(step: .stall(fault: 0), at: .seconds(7)), .init(step: .slowDown(fault: 1), at: .seconds(8)),
            ]
        )
        #expect(steps(of: 0, [stall, slow]) == [])
    }

    @Test func letsEverybodyGo() {
        let drain = event(.seconds(7), [1], .drain(Drain(over: .seconds(2)), length: .seconds(4)))
        #expect(steps(of: 1, [drain]) == [.init(step: .drain(fault: 0), at: .seconds(7))])
        #expect(steps(of: 0, [drain]) == [])
    }

    @Test func dropsOnItsSideAndAsksForTheThresholdFirst() {
        let events = [event(.seconds(5), [0, 2], drop(.gateway)), event(.seconds(6), nil, drop(.gateway))]
        let everywhere = GatewayTimeline.Entry(step: .drop(fault: 1), at: .seconds(6))
        let ask = GatewayTimeline.Entry(
            step: .askThreshold(fault: 0),
            at: .seconds(5),
            ahead: GatewayTimeline.thresholdAhead
        )
        #expect(steps(of: 2, events) == [ask, .init(step: .drop(fault: 0), at: .seconds(5)), everywhere])
        #expect(steps(of: 1, events) == [everywhere])
    }
}
