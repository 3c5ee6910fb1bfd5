import HoldfastCore
import HoldfastPlan
import Testing

/// `groups`: who is in which, what it changes, and what it refuses.
@Suite struct GroupPlanTests {
    static let groups = """
        groups:
          - { name: phones, share: 70%, heartbeat: { preset: weibo }, network: china-mobile-4g }
          - { name: desks, share: 20%, reconnect: { policy: fixed, delay: 3s, onFailure: stay }, network: none }
          - { name: meters, share: 10%, churn: { lifetime: { mean: 1h } }, network: { aging: 90s, ports: 7 } }

        """

    static func plan(_ more: String = groups, sessions: Int = 1000) throws -> Plan {
        let head = "name: t\nsessions: \(sessions)\ntarget: { gateways: 2, middlebox: { aging: 10s } }\n"
        return try Plan.parse(text: head + more, file: "plan.yaml")
    }

    @Test func whatAGroupLeavesOutIsAsThePlanSays() throws {
        let plan = try Self.plan()
        let (phones, desks, meters) = (plan.plansOfGroups[0], plan.plansOfGroups[1], plan.plansOfGroups[2])
        #expect(plan.groups.map(\.name) == ["phones", "desks", "meters"])
        #expect(phones.heartbeat == HeartbeatPolicy.presets["weibo"])
        #expect(phones.reconnect == plan.reconnect)
        #expect(phones.target.middlebox == MiddleboxPolicy.presets["china-mobile-4g"])
        #expect(desks.heartbeat == plan.heartbeat)
        #expect(desks.reconnect.delay == .fixed(.seconds(3)))
        #expect(desks.onFailure == .stay)
        #expect(desks.target.middlebox == nil)
        #expect(desks.churn == nil)
        #expect(meters.churn?.mean == .seconds(3600))
        #expect(meters.target.middlebox == MiddleboxPolicy(aging: .seconds(90), ports: 7))
        #expect(plan.hasEventfulPaths)
    }

    @Test func realTimeDividesWhatGroupsSay() throws {
        let plan = try Self.plan(Self.groups + "timeScale: 10\n").realTime
        #expect(plan.plansOfGroups[0].heartbeat.interval == .seconds(12))
        #expect(plan.plansOfGroups[0].target.middlebox?.aging == .seconds(6))
        #expect(plan.plansOfGroups[1].reconnect.delay == .fixed(.milliseconds(300)))
        #expect(plan.plansOfGroups[2].churn?.mean == .seconds(360))
        #expect(plan.plansOfGroups[2].target.middlebox?.aging == .seconds(9))
    }

    /// Shares are exact, whatever the number of sessions, and everybody is in one group.
    @Test(arguments: [(1000, [700, 200, 100]), (997, [698, 199, 100]), (10, [7, 2, 1]), (1, [1, 0, 0])])
    func sharesAreExact(sessions: Int, expected: [Int]) throws {
        let plan = try Self.plan(sessions: sessions)
        var counts = [0, 0, 0]
        for id in 0..<UInt32(sessions) { counts[plan.group(of: id)] += 1 }
        #expect(counts == expected)
        #expect(plan.groups.indices.map(plan.sessions(ofGroup:)) == expected)
        #expect(try Self.plan("").group(of: 0) == 0)
    }

    /// By name or by number, with a share of the group or a count: always some of the group, as many as asked for.
    @Test(arguments: [
        ("group: desks, fraction: 50%", 1, 100), ("group: 2, count: 7", 2, 7), ("group: phones", 0, 700),
        ("group: meters, count: 900", 2, 100), ("group: meters, fraction: 0.4%", 2, 0),
    ])
    func victimsOfAGroup(scope: String, group: Int, count: Int) throws {
        let plan = try Self.plan(Self.groups + "timeline: [ { at: 1s, drop: { \(scope) } } ]\n")
        let victims = (0..<UInt32(1000)).filter { plan.isVictim($0, fault: 0) }
        #expect(victims.count == count)
        #expect(victims.allSatisfy { plan.group(of: $0) == group })
        #expect(plan.timeline[0].scope.group == group)
    }

    /// A live run has groups, and boxes of their own, which are programs.
    @Test func whatNetworksOfGroupsCannotBe() throws {
        let text = "name: t\nsessions: 9\ntarget: { gateways: 2 }\n"
        func refused(_ keys: String) throws -> [String] {
            let group = "groups: [ { name: all, share: 1\(keys) } ]\n"
            return try PlanReader.read(text: text + group, file: "plan.yaml").simulatedOnly.map(\.description)
        }
        #expect(try refused("").isEmpty)
        #expect(try refused(", network: none").isEmpty)
        #expect(try refused(", network: taiwan").isEmpty)
        let probing = try refused(", network: taiwan, heartbeat: { strategy: tcp-keepalive }")
        #expect(probing.contains { $0.contains("`network` can only be simulated with `tcp-keepalive`") })
    }

    static let wrong: [WrongPlan] = [
        WrongPlan(
            after: "groups: [ { name: a, share: 40% }, { name: b, share: 50% } ]",
            "4:9: error: shares that are 90% together; expected 100%"
        ),
        WrongPlan(
            after: "groups: [ { name: a, share: 40% }, { name: a, share: 60% } ]",
            "4:44: error: a second group `a`; expected each name once"
        ),
        WrongPlan(
            after: "groups: [ { name: 1, share: 100% } ]",
            "4:19: error: `1`; expected a name that is not a number"
        ),
        WrongPlan(after: "groups: [ { share: 100% } ]", "4:11: error: no key `name`; expected a name of the group"),
        WrongPlan(
            after: "groups: [ { name: a } ]",
            "4:11: error: no key `share`; expected its share of all sessions"
        ),
        WrongPlan(
            after: "groups: [ { name: a, share: 1 } ]\ntimeline: [ { at: 1s, drop: { group: b } } ]",
            "5:38: error: unknown group `b`; expected a; did you mean a?"
        ),
        WrongPlan(
            after: "timeline: [ { at: 1s, drop: { group: 0 } } ]",
            "4:38: error: unknown group `0`; expected a plan with `groups`"
        ),
        WrongPlan(
            expect: "  - disconnects{group=a} == 0",
            "6:17: error: `group` in a plan without; expected `groups`"
        ),
    ]

    @Test(arguments: wrong)
    func whatIsRefused(plan: WrongPlan) { plan.check() }

    @Test(arguments: [
        "", "timeline: [ { at: 1s, kick: { group: desks, count: 2 } }, { at: 2s, loss: { group: 0, rate: 5% } } ]\n",
    ])
    func theResolvedTextReadsBackAsTheSamePlan(more: String) throws {
        let plan = try Self.plan(Self.groups + more)
        let again = try Plan.parse(text: plan.resolvedYAML(), file: "resolved.yaml")
        #expect(again == plan)
        #expect(again.hash == plan.hash)
    }
}
