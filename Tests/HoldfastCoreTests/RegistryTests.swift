import HoldfastCore
import Testing

/// Which gateways a registry hands out, and until when.
@Suite struct RegistryTests {
    static let ttl = Span.seconds(10)

    static func at(_ seconds: Int64, _ ticks: Int64 = 0) -> Instant {
        Instant.zero + .seconds(seconds) + Span(nanoseconds: ticks)
    }

    /// `count` gateways that have reported once, at 0.
    static func registry(_ count: Int, protection: SelfProtection = .half) -> Registry {
        var registry = Registry(gateways: count, ttl: ttl, protection: protection)
        for gateway in 0..<GatewayID(count) { registry.report(0, of: gateway, at: .zero) }
        registry.refresh(now: .zero)
        return registry
    }

    @Test func aRegistrationCountsUntilOneTickBeforeItsTimeToLive() {
        var registry = Self.registry(4)
        for gateway in GatewayID(1)...3 { registry.report(7, of: gateway, at: Self.at(9)) }
        registry.refresh(now: Self.at(10, -1))
        #expect(registry.list == [0, 1, 2, 3])
        registry.refresh(now: Self.at(10))
        #expect(registry.list == [1, 2, 3])
        registry.refresh(now: Self.at(19, -1))
        #expect(registry.list == [1, 2, 3])
        #expect(!registry.isProtected)
    }

    @Test func whoReportsAgainIsBackAtOnce() {
        var registry = Self.registry(3)
        registry.report(0, of: 1, at: Self.at(5))
        registry.report(0, of: 2, at: Self.at(5))
        registry.refresh(now: Self.at(12))
        #expect(registry.list == [1, 2])
        registry.report(3, of: 0, at: Self.at(12))
        registry.refresh(now: Self.at(12))
        #expect(registry.list == [0, 1, 2])
    }

    @Test func whoLeavesIsGoneAtOnce() {
        var registry = Self.registry(3)
        registry.remove(1)
        registry.refresh(now: Self.at(1))
        #expect(registry.list == [0, 2])
        #expect(registry.age(of: 1, now: Self.at(1)) == nil)
        #expect(registry.age(of: 2, now: Self.at(1)) == .seconds(1))
    }

    /// Of n gateways all but `alive` fall silent: the list shrinks, unless less than half of it would be left.
    @Test(arguments: [(4, 2, 2), (4, 1, 4), (5, 3, 3), (5, 2, 5), (2, 1, 1), (1, 0, 1), (10, 5, 5), (10, 4, 10)])
    func aListThatShrinksBelowHalfIsNotBelieved(count: Int, alive: Int, expected: Int) {
        var registry = Self.registry(count)
        var believer = Self.registry(count, protection: .off)
        for gateway in 0..<GatewayID(alive) {
            registry.report(0, of: gateway, at: Self.at(8))
            believer.report(0, of: gateway, at: Self.at(8))
        }
        registry.refresh(now: Self.at(10))
        believer.refresh(now: Self.at(10))
        #expect(registry.list == (0..<GatewayID(expected)).map(\.self))
        #expect(registry.isProtected == (expected != alive))
        #expect(believer.list == (0..<GatewayID(alive)).map(\.self))
        #expect(!believer.isProtected)
    }

    /// Half of the last list that was believed, not of the fleet: it may lose a half again and again.
    @Test func protectionComparesWithTheListBefore() {
        var registry = Self.registry(8)
        var sizes: [Int] = []
        for (round, alive) in [4, 2, 1, 0].enumerated() {
            let time = Self.at(Int64(10 * (round + 1)), -1)
            for gateway in 0..<GatewayID(alive) { registry.report(0, of: gateway, at: time) }
            registry.refresh(now: time + .tick)
            sizes.append(registry.list.count)
        }
        #expect(sizes == [4, 2, 1, 1])
        #expect(registry.isProtected)
    }

    @Test func protectionEndsWhenEnoughAreBack() {
        var registry = Self.registry(4)
        registry.refresh(now: Self.at(10))
        #expect(registry.isProtected)
        registry.report(0, of: 3, at: Self.at(11))
        registry.refresh(now: Self.at(11))
        #expect(registry.list.count == 4)
        registry.report(0, of: 1, at: Self.at(12))
        registry.refresh(now: Self.at(12))
        #expect(registry.list == [1, 3])
        #expect(!registry.isProtected)
    }

    @Test func whilePausedNothingArrives() {
        var registry = Self.registry(2, protection: .off)
        registry.pause(true)
        let arrived = registry.report(5, of: 0, at: Self.at(9))
        #expect(!arrived)
        registry.remove(1)
        registry.refresh(now: Self.at(10, -1))
        #expect(registry.list == [0, 1])
        #expect(registry.age(of: 0, now: Self.at(9)) == .seconds(9))
        registry.refresh(now: Self.at(10))
        #expect(registry.list.isEmpty)
        registry.pause(false)
        let arrivedLater = registry.report(5, of: 0, at: Self.at(11))
        #expect(arrivedLater)
        registry.refresh(now: Self.at(11))
        #expect(registry.list == [0])
    }

    @Test(arguments: [
        (0.4, 10, SelfProtection.half), (0.4, 4, .off), (0.5, 5, .half), (0.449, 4, .off), (0.45, 5, .off),
    ])
    func aShareIsShown(share: Double, expected: Int, protection: SelfProtection) {
        var registry = Self.registry(10, protection: protection)
        registry.show(share)
        registry.refresh(now: Self.at(1))
        #expect(registry.list == (0..<GatewayID(expected)).map(\.self))
        registry.show(1)
        registry.refresh(now: Self.at(1))
        #expect(registry.list.count == 10)
    }

    /// What is somebody else's list is as of the last word that came: whoever is silent while others speak runs out,
    /// and while nobody speaks nobody does.
    @Test func withoutNewsAListStaysAsItWas() {
        var registry = Registry(gateways: 3, ttl: Self.ttl, protection: .off, timekeeping: .lastReport)
        for gateway in GatewayID(0)..<3 { registry.report(0, of: gateway, at: .zero) }
        registry.report(1, of: 1, at: Self.at(5))
        registry.refresh(now: Self.at(100))
        #expect(registry.list == [0, 1, 2])
        registry.report(1, of: 1, at: Self.at(10, -1))
        registry.refresh(now: Self.at(100))
        #expect(registry.list == [0, 1, 2])
        registry.report(1, of: 1, at: Self.at(10))
        registry.refresh(now: Self.at(10))
        #expect(registry.list == [1])
        #expect(registry.age(of: 1, now: Self.at(100)) == .seconds(90))
        registry.remove(1)
        registry.refresh(now: Self.at(100))
        #expect(registry.list.isEmpty)
    }

    @Test(arguments: [Registry.Timekeeping.clock, .lastReport])
    func itIsCutOffWhileItsNewsComeFromElsewhereAndDoNot(timekeeping: Registry.Timekeeping) {
        var registry = Registry(gateways: 2, ttl: Self.ttl, timekeeping: timekeeping)
        #expect(!registry.isCutOff)
        registry.pause(true)
        #expect(registry.isCutOff == (timekeeping == .lastReport))
        registry.pause(false)
        #expect(!registry.isCutOff)
    }
}
