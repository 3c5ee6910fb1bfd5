import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastResult

/// Ends by the gateway's limit of silence, 10 s, while something is done to the network. Times are seconds from t0.
@Suite("Attribution of idle ends")
struct IdleAttributionTests {
    private static let loss = network(.loss)
    private static let silent = HeartbeatPolicy(strategy: .none, interval: .zero, detection: .silence(.zero))

    private static func network(
        _ kind: Disturbance.Kind,
        added: Span = .zero,
        on gateways: [GatewayID]? = nil,
        share: Share = .fraction(1)
    ) -> TimelineEvent {
        event(
            .disturb(Disturbance(kind: kind, loss: 0.01, added: added, length: nil)),
            at: 1,
            on: gateways,
            share: share
        )
    }

    private static func beating(_ interval: Span, _ strategy: HeartbeatStrategy = .fixed) -> HeartbeatPolicy {
        HeartbeatPolicy(strategy: strategy, interval: interval, detection: .silence(.seconds(60)))
    }

    private static func plan(_ heartbeat: HeartbeatPolicy, _ timeline: [TimelineEvent]) -> Plan {
        var plan = makePlan(idleTimeout: .seconds(10), timeline: timeline)
        plan.heartbeat = heartbeat
        return plan
    }

    /// The ruling on an end at 20 s of a session on gateway 0, with every fault executed from 1 s on.
    private static func cause(
        _ plan: Plan,
        silence: Span = .seconds(10),
        ends: [Double?] = [nil],
        _ change: (inout Disconnect) -> Void = { _ in }
    ) -> Cause {
        var orders = Orders()
        orders.executed = plan.timeline.enumerated().map { fault, event in
            ExecutedInterval(
                fault: fault,
                gateway: event.action.kind.isOnGateways ? event.scope.gateways?[0] : nil,
                start: instant(1),
                end: ends[fault < ends.count ? fault : 0].map(instant)
            )
        }
        var attribution = Attribution(plan: plan)
        attribution.t0 = instant(0)
        attribution.update(with: orders)
        var disconnect = Disconnect(
            session: 0,
            gateway: 0,
            lastProofOfLife: instant(20) - silence,
            at: instant(20),
            mechanism: .fin
        )
        change(&disconnect)
        return attribution.ruling(on: disconnect).cause
    }

    @Test("Whoever writes too rarely is ended on schedule, whatever happens to the network")
    func unavoidable() {
        let faults = [
            Self.loss, Self.network(.delay, added: .milliseconds(1)), Self.network(.congest), Self.network(.partition),
            event(.overload(delay: .milliseconds(1), length: nil), at: 1, on: [0]), Self.network(.loseResets),
        ]
        for fault in faults {
            #expect(Self.cause(Self.plan(Self.silent, [fault])) == .scheduled, "\(fault.action.kind)")
        }
    }

    @Test("A beat that would have come in time was kept away")
    func interval() {
        let limit = Span.seconds(10)
        for (heartbeat, cause) in [
            (Self.beating(limit), Cause.scheduled), (Self.beating(limit - .tick), .consequence),
            (Self.beating(limit, .server), .scheduled), (Self.beating(limit - .tick, .server), .consequence),
            (Self.beating(.seconds(3), .tcpKeepalive), .scheduled),
        ] {
            #expect(Self.cause(Self.plan(heartbeat, [Self.loss])) == cause, "\(heartbeat)")
        }
    }

    @Test("The gateway dictates the interval, and groups have their own")
    func intervalInForce() {
        var plan = Self.plan(Self.beating(.seconds(3)), [Self.loss])
        plan.target.gateway.heartbeatInterval = .seconds(10)
        #expect(Self.cause(plan) == .scheduled)
        plan.target.gateway.heartbeatInterval = nil
        plan.groups = [
            SessionGroup(name: "beats", share: 0.5), SessionGroup(name: "silent", share: 0.5, heartbeat: Self.silent),
        ]
        for session in SessionID(0)..<50 {
            let expected: Cause = plan.group(of: session) == 0 ? .consequence : .scheduled
            #expect(Self.cause(plan) { $0.session = session } == expected)
        }
    }

    @Test("What a workload makes sessions write counts as well")
    func workload() {
        var plan = Self.plan(Self.silent, [Self.loss])
        plan.workload.push = PushPolicy(interval: .seconds(2), arrivals: .regular)
        #expect(Self.cause(plan) == .consequence)
        plan.workload.push?.isAcknowledged = false
        #expect(Self.cause(plan) == .scheduled)
        plan.workload.push?.isAcknowledged = true
        // None was due in that time.
        plan.workload.push?.interval = .seconds(3600)
        #expect(Self.cause(plan) == .scheduled)
        plan.workload.request = RequestPolicy(every: .seconds(2), timeout: .seconds(1))
        #expect(Self.cause(plan) == .consequence)
        // Nothing keeps a request from being written: that none was is known.
        #expect(Self.cause(plan) { $0.lastWrite = instant(10) } == .scheduled)
    }

    @Test("What is heard puts off a beat that needs not be sent, until one interval of silence")
    func piggyback() {
        var plan = Self.plan(Self.beating(.seconds(3), .piggyback), [Self.loss])
        plan.workload.push = PushPolicy(interval: .seconds(2), isAcknowledged: false)
        for (heard, cause) in [(instant(17), Cause.scheduled), (instant(17) - .tick, .consequence)] {
            let found = Self.cause(plan) { disconnect in
                disconnect.lastWrite = instant(10)
                disconnect.lastProofOfLife = heard
            }
            #expect(found == cause)
        }
    }

    @Test("A known delay keeps a beat away only if it is longer than what the beat had in hand")
    func knownDelay() {
        // 10 s, less the interval and the skew.
        let margin = Span.milliseconds(6_750)
        for (added, cause) in [(margin, Cause.consequence), (margin - .tick, .scheduled)] {
            let plan = Self.plan(Self.beating(.seconds(3)), [Self.network(.delay, added: added)])
            #expect(Self.cause(plan) == cause)
        }
    }

    @Test("An end that was sent again because of losses is as old as the silence says, unless its gateway stood still")
    func sentAgain() {
        let late = Span.milliseconds(10_250) + .tick
        let plan = Self.plan(Self.silent, [Self.loss])
        #expect(Self.cause(plan, silence: late) == .scheduled)
        #expect(Self.cause(plan, silence: late, ends: [19.499]) == .consequence)
        #expect(Self.cause(Self.plan(Self.silent, []), silence: late) == .unexplained)
        let frozen = Self.plan(Self.silent, [Self.loss, event(.freeze(length: nil), at: 1, on: [0])])
        #expect(Self.cause(frozen, silence: late) == .consequence)
        #expect(Self.cause(frozen) == .scheduled)
    }

    @Test("A delay that is known moves both ends of the window by no more than itself")
    func delayedEnd() {
        let plan = Self.plan(Self.silent, [Self.network(.delay, added: .seconds(1), on: [0])])
        let elsewhere = Self.plan(Self.silent, [Self.network(.delay, added: .seconds(1), on: [1])])
        for (silence, isScheduled) in [
            (Span.milliseconds(8_750) - .tick, false), (.milliseconds(8_750), true), (.milliseconds(12_250), true),
            (.milliseconds(12_250) + .tick, false),
        ] {
            #expect((Self.cause(plan, silence: silence) == .scheduled) == isScheduled)
            #expect(Self.cause(elsewhere, silence: silence) == .unexplained)
        }
    }

    @Test("What ends connections itself is held responsible while it goes on")
    func directFaults() {
        let plan = Self.plan(Self.silent, [event(.kill(length: .seconds(3)), at: 1, on: [0])])
        #expect(Self.cause(plan, ends: [19.75]) == .consequence)
        #expect(Self.cause(plan, ends: [19.749_999_999]) == .scheduled)
    }

    @Test("Written, heard and told back takes a round trip in a plan with regions")
    func regions() {
        let both = Span.milliseconds(10_770)
        for (silence, cause) in [(both, Cause.scheduled), (both + .tick, .unexplained)] {
            #expect(Self.cause(far(Self.silent, [])) { $0.lastWrite = instant(20) - silence } == cause)
            let near = Self.plan(Self.silent, [])
            #expect(Self.cause(near) { $0.lastWrite = instant(20) - silence } == .unexplained)
        }
    }

    @Test("A heartbeat that no answer can satisfy fails by itself, whatever else happens")
    func heartbeatThatCannotHold() {
        for (timeout, cause) in [
            (Span.milliseconds(520) - .tick, Cause.unexplained), (.milliseconds(520), .consequence),
        ] {
            let misses = HeartbeatPolicy(
                strategy: .fixed,
                interval: .seconds(3),
                detection: .misses(count: 1, timeout: timeout)
            )
            let plan = far(misses, [Self.loss])
            #expect(Self.cause(plan) { $0.mechanism = .heartbeat } == cause)
            #expect(Self.cause(far(misses, [Self.network(.loseResets)])) { $0.mechanism = .heartbeat } == .unexplained)
        }
    }

    /// 260 ms to the balancer and 260 ms from there on.
    private func far(_ heartbeat: HeartbeatPolicy, _ timeline: [TimelineEvent]) -> Plan {
        var plan = Self.plan(heartbeat, timeline)
        let leg = Span.milliseconds(260)
        plan.target.regions = Regions(
            names: ["here", "between", "there"],
            roundTrips: [[.zero, leg, nil], [leg, .zero, leg], [nil, leg, .zero]]
        )
        plan.target.balancer.region = "between"
        plan.target.gateway.regions = ["there", "there"]
        plan.groups = [SessionGroup(name: "all", share: 1, region: "here")]
        return plan
    }
}
