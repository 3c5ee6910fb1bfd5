import Testing

@testable import HoldfastCore

/// What a routing service answers, and what a session makes of it.
@Suite struct RoutingServiceTests {
    static func service(
        _ policy: RegistryPolicy,
        loads: [UInt64],
        routers: Int = 1,
        candidates: Int = 5,
        countsOwnPicks: Bool = false
    ) -> RoutingService {
        let router = RegistryRouter(policy: policy, gateways: loads.count, countsOwnPicks: countsOwnPicks)
        let registry = Registry(gateways: loads.count, ttl: .seconds(10), protection: .off)
        var service = RoutingService(registry: registry, router: router, routers: routers, candidates: candidates)
        for (gateway, load) in loads.enumerated() { service.report(load, of: GatewayID(gateway), at: .zero) }
        return service
    }

    /// All lists of up to six of eight gateways, and all pairs of gateways to leave out.
    @Test func offeredGatewaysAreTheOthersOfTheList() {
        let ids: [GatewayID] = [0, 1, 2, 3, 4, 5, 6, 7, noGateway]
        for bits in 0..<(1 << 6) {
            let list: [GatewayID] = (0..<6).filter { bits >> $0 & 1 == 1 }.map { GatewayID($0 + 1) }
            for (first, second) in ids.flatMap({ first in ids.map { (first, $0) } }) {
                let offered = OfferedGateways(list, without: first, second)
                let expected: [GatewayID] = list.filter { $0 != first && $0 != second }
                #expect((0..<offered.count).map { offered[$0] } == expected)
                guard !expected.isEmpty else { continue }
                for start in GatewayID(0)..<9 {
                    let number = expected.firstIndex { $0 >= start } ?? 0
                    #expect(offered.number(from: start) == number)
                }
            }
        }
    }

    /// The fewest connections first: with one candidate the answer is always the same, with two the second best is
    /// there, and both gateways that a session keeps off are only left out with three.
    @Test(arguments: [
        (1, Avoidance(avoided: 2), GatewayID(2)), (2, Avoidance(avoided: 2), 0), (2, Avoidance(avoided: 0), 2),
        (2, Avoidance(avoided: 2, quarantined: 0), 2), (2, Avoidance(avoided: 0, quarantined: 2), 0),
        (3, Avoidance(avoided: 2, quarantined: 0), 3), (3, Avoidance(avoided: 0, quarantined: 2), 3),
        (1, Avoidance(quarantined: 2), 2), (5, Avoidance(), 2),
    ])
    func whoKeepsOffTheFirstIsToldTheSecond(candidates: Int, avoidance: Avoidance, expected: GatewayID) {
        var service = Self.service(.leastReported, loads: [2, 9, 1, 3], candidates: candidates)
        #expect(service.route(1, avoiding: avoidance, now: .zero) == expected)
    }

    @Test func theLastGatewayIsTakenWhoeverKeepsOffIt() {
        var service = Self.service(.random, loads: [5])
        #expect(service.route(7, avoiding: Avoidance(avoided: 0, quarantined: 0), now: .zero) == 0)
        service.remove(0)
        #expect(service.route(7, avoiding: Avoidance(), now: .zero) == nil)
    }

    /// Whoever is silent for the time to live is picked no more, by any rule.
    @Test(arguments: [
        RegistryPolicy.random, .roundRobin, .leastReported, .powerOfTwo, .headroomWeighted(cap: 1.25),
    ])
    func stalePicksEndWithTheTimeToLive(policy: RegistryPolicy) {
        func picks(_ time: Instant) -> Set<GatewayID> {
            var service = Self.service(policy, loads: [1, 1, 1, 1])
            for gateway in GatewayID(1)...3 { service.report(1, of: gateway, at: .zero + .seconds(9)) }
            return Set((0..<200).compactMap { service.route(mix64($0), avoiding: Avoidance(), now: time) })
        }
        #expect(picks(.zero + .seconds(10) - .tick) == [0, 1, 2, 3])
        #expect(picks(.zero + .seconds(10)) == [1, 2, 3])
    }

    /// Of four gateways three fall silent: their reports grow old behind a list that is not given up.
    @Test func theTallySaysWhatAnswersRestedOn() {
        let router = RegistryRouter(policy: .roundRobin, gateways: 4, countsOwnPicks: false)
        let registry = Registry(gateways: 4, ttl: .seconds(10))
        var service = RoutingService(registry: registry, router: router, routers: 1, candidates: 5)
        #expect(service.route(0, avoiding: Avoidance(), now: .zero) == nil)
        for gateway in GatewayID(0)..<4 { service.report(1, of: gateway, at: .zero) }
        var expected = RoutingTally()
        expected.unanswered = 1
        for second in Int64(0)..<12 {
            let now = Instant.zero + .seconds(second)
            service.report(1, of: 0, at: now)
            #expect(service.route(0, avoiding: Avoidance(), now: now) == GatewayID(second % 4))
            expected.answers += 1
            expected.fromOldList += second < 10 ? 0 : 1
            expected.oldestReport = second % 4 == 0 ? expected.oldestReport : .seconds(second)
            #expect(service.tally == expected)
        }
    }

    /// A router's own picks count until the gateway itself reports: one that died keeps them.
    @Test func ownPicksOnASilentGatewayStayCounted() {
        var service = Self.service(.leastReported, loads: [0, 2], countsOwnPicks: true)
        let now = Instant.zero + .seconds(1)
        #expect((0..<3).map { service.route($0, avoiding: Avoidance(), now: now) } == [0, 0, 1])
        service.report(2, of: 1, at: now)
        #expect((3..<5).map { service.route($0, avoiding: Avoidance(), now: now) } == [0, 1])
    }

    /// Each of four routers counts for itself: 4,000 asks are 1,000 each, and five standard deviations are 137.
    @Test func askersAreSpreadOverTheRouters() {
        func picksOfTheFirst(loadOfTheOther: UInt64) -> Int {
            var service = Self.service(.leastReported, loads: [0, loadOfTheOther], routers: 4, countsOwnPicks: true)
            return (0..<4_000).count { service.route(mix64($0), avoiding: Avoidance(), now: .zero) == 0 }
        }
        #expect(picksOfTheFirst(loadOfTheOther: 1_000 + 137) == 4_000)
        // A router whose picks reach the other's load deals out what follows: nobody gets far above it.
        let found = picksOfTheFirst(loadOfTheOther: 500)
        #expect(abs(found - 4 * (500 + 250)) <= 4)
    }

    /// Three quarters of what is left below 1.25 times the mean of 200 are on gateway 0: 150 of 150 + 50.
    @Test func headroomIsDealtOutInProportion() {
        var service = Self.service(.headroomWeighted(cap: 1.25), loads: [100, 200, 300])
        var counts = [0, 0, 0]
        for draw in UInt64(0)..<8_000 {
            if let pick = service.route(mix64(draw), avoiding: Avoidance(), now: .zero) { counts[Int(pick)] += 1 }
        }
        // Binomial with 3/4: five standard deviations of 8,000 are 194.
        #expect(abs(counts[0] - 6_000) < 194)
        #expect(counts[2] == 0)
    }

    /// Whoever keeps a list that he hears nothing of any more says so of each answer.
    @Test func answersWithoutNewsAreFromAnOldList() {
        let registry = Registry(gateways: 2, ttl: .seconds(10), protection: .off, timekeeping: .lastReport)
        let router = RegistryRouter(policy: .roundRobin, gateways: 2, countsOwnPicks: true)
        var service = RoutingService(registry: registry, router: router, routers: 1, candidates: 5)
        for gateway in GatewayID(0)..<2 { service.report(0, of: gateway, at: .zero) }
        #expect(service.route(1, avoiding: Avoidance(), now: .zero) == 0)
        #expect(service.tally.fromOldList == 0)
        service.pause(true)
        #expect(service.route(1, avoiding: Avoidance(), now: .zero + .seconds(60)) == 1)
        #expect(service.tally.fromOldList == 1)
        #expect(service.tally.oldestReport == .seconds(60))
        service.pause(false)
        #expect(service.route(1, avoiding: Avoidance(), now: .zero + .seconds(61)) == 0)
        #expect(service.tally.fromOldList == 1)
    }
}
