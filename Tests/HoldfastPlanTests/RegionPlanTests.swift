import HoldfastCore
import HoldfastPlan
import Testing

/// `target.regions`: how far it is, and what must be said.
@Suite struct RegionPlanTests {
    static let regions = "regions: { a: { a: 5ms, b: 30ms, c: unreachable }, b: { b: 6ms, c: 7ms }, c: { c: 0ms } }"
    static let groups = "groups: [ { name: x, share: 50%, region: a }, { name: y, share: 50%, region: b } ]\n"

    static func text(_ target: String, _ more: String = groups) -> String {
        "name: t\nsessions: 100\ntarget: { gateways: 3, \(target) }\n\(more)"
    }

    static let nearest = text("via: client, algorithm: nearest, gateway: { region: [a, b, c] }, \(regions)")

    @Test func bothDirectionsAreAlike() throws {
        let target = try Plan.parse(text: Self.nearest, file: "plan.yaml").target
        #expect(target.roundTrips(from: "a", toGateways: 3) == [.milliseconds(5), .milliseconds(30), nil])
        #expect(target.roundTrips(from: "b", toGateways: 3) == [.milliseconds(30), .milliseconds(6), .milliseconds(7)])
        #expect(target.roundTrips(from: "c", toGateways: 3) == [nil, .milliseconds(7), .zero])
    }

    @Test func everyGroupHasItsOwnNearest() throws {
        let plan = try Plan.parse(text: Self.nearest + "timeScale: 10\n", file: "plan.yaml")
        let distances = [
            [Span.milliseconds(5), .milliseconds(30), nil], [.milliseconds(30), .milliseconds(6), .milliseconds(7)],
        ]
        for (group, distances) in zip(plan.plansOfGroups, distances) {
            let algorithm = ClientAlgorithm.nearest(Nearness(distances))
            let expected = GatewaySelection.client(algorithm, gateways: 3, onFailure: .switchGateway)
            #expect(SessionPolicy(plan: group).selection == expected)
        }
    }

    /// A balancer beside its gateways costs nothing, one elsewhere both ways.
    @Test func theWayBehindABalancer() throws {
        let text = Self.text("balancer: { region: a }, gateway: { region: [a, b, c] }, \(Self.regions)")
        let target = try Plan.parse(text: text, file: "plan.yaml").target
        #expect(target.roundTripToBalancer(from: "b") == .milliseconds(30))
        #expect(target.roundTripToBalancer(from: "c") == nil)
        #expect(target.roundTripsBehindBalancer(toGateways: 3) == [.zero, .milliseconds(30), nil])
    }

    @Test(arguments: [
        nearest, text("balancer: { region: b }, gateway: { region: c }, \(regions)"),
    ])
    func theResolvedTextReadsBackAsTheSamePlan(text: String) throws {
        let plan = try Plan.parse(text: text, file: "plan.yaml")
        #expect(try Plan.parse(text: plan.resolvedYAML(), file: "resolved.yaml") == plan)
    }

    static let wrong: [WrongPlan] = [
        WrongPlan(
            text("via: client, algorithm: nearest", ""),
            "3:48: error: `nearest` without `regions`; expected `target.regions`"
        ),
        WrongPlan(
            text("gateway: { region: a }", ""),
            "3:43: error: `region` without `regions`; expected `target.regions`"
        ),
        WrongPlan(
            text("via: client, gateway: { region: a }, regions: { a: { a: 5ms } }", ""),
            "1:1: error: `regions` and a group in none; expected `region`: a"
        ),
        WrongPlan(
            text("via: client, regions: { a: { a: 5ms } }", "groups: [ { name: x, share: 1, region: b } ]\n"),
            "3:9: error: `regions` and a gateway in none; expected `region`: a",
            "4:9: error: unknown region `b`; expected a; did you mean a?"
        ),
        WrongPlan(
            text("gateway: { region: [a, a] }, regions: { a: { a: 5ms } }"),
            "3:43: error: 2 regions for 3 gateways; expected one region, or one for each gateway"
        ),
        WrongPlan(
            text("via: client, gateway: { region: a }, regions: { a: { a: 5ms }, b: { b: 5ms } }"),
            "3:70: error: no distance between a and b; expected one for each two, and from each to itself"
        ),
        WrongPlan(
            text("via: client, gateway: { region: a }, regions: { a: { a: 5ms, b: 1ms }, b: { a: 1ms, b: 5ms } }"),
            "3:103: error: the distance between b and a again; expected one for each two"
        ),
        WrongPlan(
            text("via: client, gateway: { region: a }, regions: { a: { a: 401ms } }"),
            "3:80: error: `401ms`; expected a round trip of at most 400ms, or unreachable"
        ),
    ]

    @Test(arguments: wrong)
    func whatIsRefused(plan: WrongPlan) { plan.check() }
}
