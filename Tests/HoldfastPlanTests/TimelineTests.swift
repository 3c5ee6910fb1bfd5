import HoldfastCore
import HoldfastPlan
import Testing

@Suite struct TimelineTests {
    private func plan(_ timeline: [String], _ extra: String = "") throws -> Plan {
        let items = timeline.isEmpty ? " []\n" : "\n" + timeline.map { "  - \($0)\n" }.joined()
        return try Plan.parse(text: PlanSamples.smallest + extra + "timeline:" + items, file: "plan.yaml")
    }

    @Test func phasesRunToTheNextNamedEvent() throws {
        let plan = try plan([
            "{ at: 10s, phase: a, drop: {} }", "{ at: 20s, drop: {} }", "{ at: 30s, phase: b, drop: {} }",
            "{ at: 30s, phase: b, drop: { gateway: 0 } }", "{ at: 40s, phase: a, drop: {} }",
        ])
        func stretch(_ start: Int64, _ end: Int64) -> PlanPhase.Stretch {
            PlanPhase.Stretch(start: .seconds(start), end: .seconds(end))
        }
        let expected = [
            PlanPhase(name: "steady", stretches: [stretch(0, 10)]),
            PlanPhase(name: "a", stretches: [stretch(10, 30), stretch(40, 60)]),
            PlanPhase(name: "b", stretches: [stretch(30, 40)]),
        ]
        #expect(plan.phases == expected)
        #expect(expected[1].length == .seconds(40))
    }

    @Test func aNamedEventAtTheStartLeavesNoSteadyPhase() throws {
        #expect(try plan(["{ at: 0s, phase: a, drop: {} }"]).phases.map(\.name) == ["a"])
        #expect(try plan(["{ at: 0s, drop: {} }"]).phases.map(\.name) == ["steady"])
    }

    @Test(arguments: [
        (Int64(-1), "establish"), (0, "steady"), (9_999_999_999, "steady"), (10_000_000_000, "a"),
        (60_000_000_000, "a"),
    ])
    func eventsBelongToThePhaseThatBegins(nanoseconds: Int64, name: String) throws {
        let plan = try plan(["{ at: 10s, phase: a, drop: {} }"])
        #expect(plan.phaseName(at: Span(nanoseconds: nanoseconds)) == name)
    }

    @Test func cutsShowThePhaseThatEnds() throws {
        let phases = try plan(["{ at: 10s, phase: a, drop: {} }"]).phases
        let shown = [0, 1, 10, 11, 60].map { second in
            phases.filter { $0.contains(cut: .seconds(second)) }.map(\.name)
        }
        #expect(shown == [["steady"], ["steady"], ["steady"], ["a"], ["a"]])
    }

    @Test func rollingRestartsBeginOneAfterTheOther() throws {
        let plan = try plan(["{ at: 10s, rollingRestart: { down: 3s, every: 6s } }"])
        let outages = plan.timeline[0].outages
        #expect(outages.map(\.gateway) == [0, 1])
        #expect(outages.map(\.begin) == [.seconds(10), .seconds(16)])
        #expect(outages.map(\.end) == [.seconds(13), .seconds(19)])
    }

    @Test func downMustExceedTheFirstBackoff() throws {
        for (policy, longest) in [
            ("{ policy: none }", Span.zero), ("{ policy: immediate }", .zero),
            ("{ policy: fixed, delay: 2s }", .seconds(2)), ("{ base: 2s, jitter: equal }", .seconds(2)),
            ("{ base: 2s, cap: 5s, jitter: decorrelated }", .seconds(5)),
            ("{ base: 2s, cap: 9s, jitter: decorrelated }", .seconds(6)),
            ("{ base: 2s, jitter: proportional }", .milliseconds(2400)),
            ("{ base: 2s, first: 5s }", .seconds(5)), ("{ policy: table, table: [3s, 9s], spread: 2s }", .seconds(3)),
            ("{ preset: nats }", .milliseconds(2100)),
        ] {
            let extra = "reconnect: \(policy)\n"
            let event = { (down: Span) in
                "{ at: 1s, rollingRestart: { down: \(down.nanoseconds)ns, every: 20s } }"
            }
            let shortest = longest + Span(nanoseconds: 1)
            #expect(throws: Never.self) { try plan([event(shortest)], extra) }
            #expect(throws: PlanError.self) { try plan([event(longest)], extra) }
            #expect(try plan([], extra).reconnect.longestFirstDelay == longest)
        }
    }

    @Test func everyMustLeaveTimeToComeBack() throws {
        let event = { (every: String) in "{ at: 1s, rollingRestart: { down: 3s, every: \(every) } }" }
        #expect(throws: Never.self) { try plan([event("6s")]) }
        #expect(throws: PlanError.self) { try plan([event("5999ms")]) }
    }

    @Test func aGatewayThatRunsAgainCanBeStoppedAgain() throws {
        let first = "{ at: 1s, for: 3s, kill: { gateway: 1 } }"
        #expect(throws: Never.self) { try plan([first, "{ at: 4s, freeze: { gateway: 1 } }"]) }
        #expect(throws: Never.self) { try plan([first, "{ at: 3s, freeze: { gateway: 0 } }"]) }
        #expect(throws: PlanError.self) { try plan([first, "{ at: 3999ms, freeze: { gateway: 1 } }"]) }
    }

    /// The lowest ranks are the victims, and the vector of the permutation is the contract's.
    @Test func victimsAreTheLowestRanks() throws {
        let text = "name: t\nsessions: 72\ntarget: { gateways: 2 }\ntimeline: [ { at: 1s, drop: { fraction: 25% } } ]\n"
        let plan = try Plan.parse(text: text, file: "plan.yaml")
        let sessions = SessionID(0)..<72
        #expect(sessions.prefix(3).map { plan.rank(of: $0, fault: 0) } == [68, 33, 46])
        #expect(Set(sessions.map { plan.rank(of: $0, fault: 0) }) == Set(0..<72))
        let victims = sessions.filter { plan.isVictim($0, fault: 0) }
        #expect(victims.count == 18)
        #expect(plan.victims(fault: 0) == 18)
        #expect(victims.allSatisfy { plan.rank(of: $0, fault: 0) < 18 })
    }

    @Test(arguments: [
        (Share.fraction(0.5), 3, 2), (.fraction(0.5), 4, 2), (.fraction(0.1), 4, 0), (.fraction(0.125), 4, 1),
        (.fraction(1), 7, 7), (.count(5), 3, 3), (.count(2), 3, 2), (.fraction(1), 0, 0),
    ])
    func sharesRoundHalvesUp(share: Share, population: Int, victims: Int) {
        #expect(share.victims(of: population) == victims)
    }
}
