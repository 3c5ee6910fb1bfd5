import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastResult

/// A kill of gateway 0 from 10 s to 13 s, and something beside it that holds messages up, or keeps resets away.
@Suite("Attribution of what comes late")
struct LateAttributionTests {
    private static let kill = event(.kill(length: .seconds(3)), at: 10, on: [0])

    private static func network(
        _ kind: Disturbance.Kind,
        added: Span = .zero,
        on gateways: [GatewayID]? = nil,
        share: Share = .fraction(1)
    ) -> TimelineEvent {
        event(.disturb(Disturbance(kind: kind, added: added, length: nil)), at: 11, on: gateways, share: share)
    }

    private static func ruling(
        _ beside: TimelineEvent?,
        during: ClosedRange<Double> = 11...12,
        lastProof: Instant,
        noticedAfter: Span = .seconds(1),
        _ mechanism: Mechanism,
        session: SessionID = 0
    ) -> Ruling {
        let plan = makePlan(timeline: [kill] + (beside.map { [$0] } ?? []))
        var orders = Orders()
        orders.executed = [ExecutedInterval(fault: 0, gateway: 0, start: instant(10), end: instant(13))]
        if let beside {
            let gateway = beside.action.kind.isOnGateways ? beside.scope.gateways?.first : nil
            let (start, end) = (instant(during.lowerBound), instant(during.upperBound))
            orders.executed.append(ExecutedInterval(fault: 1, gateway: gateway, start: start, end: end))
        }
        var attribution = Attribution(plan: plan)
        attribution.update(with: orders)
        return attribution.ruling(
            on: Disconnect(
                session: session,
                gateway: 0,
                lastProofOfLife: lastProof,
                at: lastProof + noticedAfter,
                mechanism: mechanism
            )
        )
    }

    @Test(
        "The window is longer by what can hold this connection up, and by no more",
        arguments: [
            (nil, Span.zero),
            (network(.delay, added: .milliseconds(1), on: [1]), .zero),
            (network(.delay, added: .milliseconds(100), on: [0]), .milliseconds(100)),
            (network(.delay, added: .milliseconds(100)), .milliseconds(100)),
            (event(.overload(delay: .milliseconds(300), length: nil), at: 11, on: [0]), .milliseconds(300)),
            (event(.overload(delay: .milliseconds(300), length: nil), at: 11, on: [1]), .zero),
            (network(.loseResets), .zero),
            (network(.loss, on: [0]), .seconds(30)),
            (network(.loss, on: [1]), .zero),
        ] as [(TimelineEvent?, Span)]
    )
    func heldUp(beside: TimelineEvent?, by: Span) {
        let last = instant(13.25) + by
        #expect(Self.ruling(beside, lastProof: last, .fin).fault == 0)
        #expect(Self.ruling(beside, lastProof: last + .tick, .fin).cause == .unexplained)
    }

    @Test("What holds up a share of the sessions widens the window of theirs")
    func share() {
        let delay = Self.network(.delay, added: .seconds(1), share: .fraction(0.5))
        let plan = makePlan(timeline: [Self.kill, delay])
        for session in SessionID(0)..<50 {
            let cause = Self.ruling(delay, lastProof: instant(14), .fin, session: session).cause
            #expect(cause == (plan.isVictim(session, fault: 1) ? .consequence : .unexplained))
        }
    }

    @Test("Where resets are lost, what sends them is noticed by those who wait in vain")
    func lostResets() {
        func ruling(_ beside: TimelineEvent?, during: ClosedRange<Double> = 11...12, _ mechanism: Mechanism) -> Ruling {
            Self.ruling(beside, during: during, lastProof: instant(9), noticedAfter: .seconds(6), mechanism)
        }
        let lost = Self.network(.loseResets)
        for mechanism in [Mechanism.heartbeat, .keepalive, .userTimeout, .retransmission] {
            #expect(ruling(lost, mechanism).cause == .consequence)
            #expect(ruling(lost, mechanism).fault == 0)
            #expect(ruling(nil, mechanism).cause == .unexplained)
            #expect(ruling(Self.network(.loseResets, on: [1]), mechanism).cause == .unexplained)
            // Over before the kill, or not begun when the session noticed.
            for other in [1...9.999_999_999, 15.000_000_001...20] {
                #expect(ruling(lost, during: other, mechanism).cause == .unexplained)
            }
        }
    }

    @Test("That resets are lost explains no end by itself", arguments: Mechanism.allCases)
    func lostResetsAlone(mechanism: Mechanism) {
        #expect(!FaultKind.loseResets.canCause(mechanism))
        #expect(!FaultKind.loseResets.canCauseWithoutReset(mechanism))
        let ruling = Self.ruling(Self.network(.loseResets), during: 14...30, lastProof: instant(15), mechanism)
        #expect(ruling.cause == .unexplained)
    }
}
