import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// Groups of sessions that differ, in one run.
@Suite struct GroupTests {
    static func run(_ text: String) throws -> Simulation.Outcome {
        Simulation(plan: try Plan.parse(text: text, file: "groups.yaml")).run()
    }

    /// Row 18: the kernel's timers are each socket's own. A host without power is noticed 9 s after the next probe is
    /// due, so within 14 s by those that probe every 5 s, and within 19 s by those that probe every 10 s.
    @Test func twoKeepalivesInOneRun() throws {
        let outcome = try Self.run(
            """
            name: two-keepalives
            sessions: 32
            target: { gateways: 1 }
            groups:
              - { name: quick, share: 50%, heartbeat: { strategy: tcp-keepalive, idle: 5s, interval: 3s, probes: 3 } }
              - { name: slow, share: 50%, heartbeat: { strategy: tcp-keepalive, idle: 10s, interval: 3s, probes: 3 } }
            reconnect: { policy: none }
            establish: { rate: 3/s }
            duration: 60s
            timeline: [ { at: 10s, crash: { gateway: 0 } } ]
            expect:
              - disconnects{mechanism=keepalive,group=quick} == 16
              - disconnects{mechanism=keepalive,group=slow} == 16
            """
        )
        #expect(outcome.result.verdict == .pass, "\(outcome.result.reasons)")
        let plan = outcome.measurements.plan
        let rows = outcome.measurements.rows
        #expect(rows.count == 32)
        for (group, latest) in [(0, 14.0), (1, 19)] {
            let waits = rows.filter { plan.group(of: $0.session) == group }.map { ($0.at - .zero).seconds - 10 }
            #expect(waits.count == 16)
            #expect(try #require(waits.min()) >= 9 - 0.001)
            // Probes of 16 sessions that came one after the other are spread over the interval.
            #expect(try #require(waits.max()) <= latest + 0.001)
            #expect(try #require(waits.max()) > latest - 2)
        }
    }

    static let carriers = """
        name: mixed
        sessions: 100
        target: { gateways: 2, via: client, algorithm: random }
        heartbeat: { preset: weibo }
        groups:
          - { name: weibo-4g, share: 20%, network: china-mobile-4g }
          - { name: weibo-unicom, share: 40%, network: china-unicom }
          - { name: qq-4g, share: 30%, network: china-mobile-4g, heartbeat: { preset: qq } }
          - { name: desks, share: 10% }
        reconnect: { policy: fixed, delay: 10s }
        establish: { rate: 1000/s }
        duration: 1h

        """

    /// China Mobile's 4G forgets after a minute: beats of two minutes find nothing there, those of 45 seconds keep the
    /// connection, and so do beats of two minutes where a NAT waits for five.
    @Test func carriersAndPresetsInOneRun() throws {
        let outcome = try Self.run(
            Self.carriers + """
                expect:
                  - disconnects{group=weibo-4g,cause=scheduled} >= 20
                  - disconnects{group!=weibo-4g} == 0
                  - sessions.establishedAtEnd{group=weibo-unicom|qq-4g|desks} == 80
                  - connects.attempted{group=qq-4g} == 0
                  - connects.succeeded{group=weibo-4g} > 100
                """
        )
        let result = outcome.result
        #expect(result.verdict == .pass, "\(result.reasons)")
        let groups = try #require(result.groups)
        #expect(groups.map(\.name) == ["weibo-4g", "weibo-unicom", "qq-4g", "desks"])
        #expect(groups.map(\.sessions) == [20, 40, 30, 10])
        #expect(groups.compactMap(\.admittedOnce) == [20, 40, 30, 10])
        #expect(groups.compactMap(\.disconnects.total).reduce(0, +) == result.disconnects.total)
        #expect(groups.compactMap(\.establishedAtEnd).reduce(0, +) == result.sessions.establishedAtEnd)
        #expect(groups.compactMap(\.connects.attempted).reduce(0, +) == result.connects.attempted)
        #expect(groups.compactMap(\.connects.succeeded).reduce(0, +) == result.connects.succeeded)
        #expect(groups[0].disconnects.byCause["scheduled"] == result.disconnects.total)
    }

    /// Several parts of a run change nothing, nor does the order of groups that are alike.
    @Test func groupsAreTheSameInEveryPart() throws {
        let plan = try Plan.parse(text: Self.carriers, file: "groups.yaml")
        let one = Simulation(plan: plan, segments: 1).run().result
        let seven = Simulation(plan: plan, segments: 7).run().result
        #expect(one.eventHash == seven.eventHash)
        // A mean is a sum of fractions, and rounds by the order of its parts.
        #expect(one.groups?.map(\.disconnects) == seven.groups?.map(\.disconnects))
        #expect(one.groups?.map(\.connects.attempted) == seven.groups?.map(\.connects.attempted))
        #expect(one.groups?.map(\.connects.seconds?.p99) == seven.groups?.map(\.connects.seconds?.p99))
    }

    /// Groups that say nothing leave the run as it is, with beats one by one and in closed form.
    @Test(arguments: Simulation.Fidelity.allCases)
    func groupsThatAreAlikeChangeNothing(fidelity: Simulation.Fidelity) throws {
        let text = """
            name: alike
            sessions: 60
            target: { gateways: 3 }
            churn: { lifetime: { mean: 20s } }
            duration: 60s
            timeline: [ { at: 20s, for: 30s, freeze: { gateway: 1 } }, { at: 40s, drop: { fraction: 30% } } ]

            """
        let groups = "groups: [ { name: a, share: 30% }, { name: b, share: 70%, heartbeat: { interval: 30s } } ]\n"
        let plain = Simulation(plan: try Plan.parse(text: text, file: "a.yaml"), fidelity: fidelity).run().result
        let grouped = Simulation(plan: try Plan.parse(text: text + groups, file: "a.yaml"), fidelity: fidelity).run()
        #expect(grouped.result.eventHash == plain.eventHash)
        #expect(grouped.result.disconnects.byCause == plain.disconnects.byCause)
        #expect(plain.groups == nil)
    }

    /// Lifetimes, reconnect policies and beats of a group's own, in closed form as well: what one group does leaves the
    /// other alone, and both fidelities give the same account.
    @Test func eachGroupLivesByItsOwnRules() throws {
        let text = """
            name: rules
            sessions: 200
            target: { gateways: 2 }
            heartbeat: { interval: 10s, silence: 30s }
            groups:
              - { name: still, share: 50% }
              - name: restless
                share: 50%
                heartbeat: { interval: 1s, silence: 5s }
                churn: { lifetime: { distribution: fixed, mean: 7s } }
                reconnect: { policy: fixed, delay: 2s }
            duration: 71s
            timeline:
              - { at: 32s, drop: { group: restless, fraction: 20% } }
              - { at: 50s, kick: { group: 0, count: 3 } }

            """
        let plan = try Plan.parse(text: text, file: "rules.yaml")
        let fast = Simulation(plan: plan, fidelity: .fast).run().result
        let exact = Simulation(plan: plan, fidelity: .exact).run().result
        #expect(fast.groups == exact.groups)
        #expect(fast.disconnects.ledger == exact.disconnects.ledger)
        #expect(fast.heartbeats.sent == exact.heartbeats.sent)
        let groups = try #require(fast.groups)
        #expect(groups[0].disconnects.total == 3)
        #expect(groups[0].establishedAtEnd == 97)
        // Ten lives of 7 s: whoever was dropped at 32 s is back before the next one ends.
        #expect(groups[1].disconnects.byCause["scheduled"] == 1000)
        #expect(groups[1].disconnects.byCause["injected"] == 20)
        #expect(fast.faults.compactMap(\.victims) == [20, 3])
    }

    /// The table of a group's own box is full for itself alone.
    @Test func eachGroupHasABoxOfItsOwn() throws {
        let result = try Self.run(
            """
            name: boxes
            sessions: 40
            target: { gateways: 1, middlebox: { ports: 1000 } }
            groups:
              - { name: shared, share: 50% }
              - { name: crowded, share: 50%, network: { ports: 5 } }
            duration: 30s
            defaults: [unexplained]
            """
        ).result
        #expect(result.groups?.compactMap(\.establishedAtEnd) == [20, 5])
    }

    /// A partition of one group cuts off nobody else, and explains its own disconnects.
    @Test func aGroupIsCutOff() throws {
        let result = try Self.run(
            """
            name: cut-off
            sessions: 100
            target: { gateways: 2 }
            heartbeat: { preset: article-3x5 }
            groups: [ { name: near, share: 75% }, { name: abroad, share: 25% } ]
            duration: 2m
            timeline:
              - { at: 10s, for: 60s, partition: { group: abroad } }
              - { at: 100s, for: 5s, partition: { gateway: 0, group: near } }
            """
        ).result
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.groups?.compactMap(\.disconnects.total) == [0, 25])
        #expect(result.groups?[1].disconnects.byCause["consequence"] == 25)
    }
}
