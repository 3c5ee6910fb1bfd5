import HoldfastCore
import Testing

/// Where sessions go without asking a registry.
@Suite struct RouteCacheTests {
    private static func instant(_ seconds: Int64) -> Instant { .zero + .seconds(seconds) }

    @Test func anAnswerIsGoodForItsTime() {
        var cache = RouteCache(lifetime: .seconds(30), sessions: 2)
        #expect(cache.gateway(of: 0, avoiding: Avoidance(), now: .zero) == nil)
        cache.remember(7, of: 0, now: Self.instant(10))
        #expect(cache.gateway(of: 0, avoiding: Avoidance(), now: Self.instant(40) - .tick) == 7)
        #expect(cache.gateway(of: 0, avoiding: Avoidance(), now: Self.instant(40)) == nil)
        #expect(cache.gateway(of: 1, avoiding: Avoidance(), now: Self.instant(10)) == nil)
        cache.remember(3, of: 0, now: Self.instant(20))
        #expect(cache.gateway(of: 0, avoiding: Avoidance(), now: Self.instant(49)) == 3)
    }

    /// It failed there, was sent away, or has it in quarantine.
    @Test func whoKeepsOffAsks() {
        var cache = RouteCache(lifetime: .seconds(30), sessions: 1)
        cache.remember(7, of: 0, now: .zero)
        #expect(cache.gateway(of: 0, avoiding: Avoidance(avoided: 7), now: .zero) == nil)
        #expect(cache.gateway(of: 0, avoiding: Avoidance(quarantined: 7), now: .zero) == nil)
        #expect(cache.gateway(of: 0, avoiding: Avoidance(avoided: 6, quarantined: 5), now: .zero) == 7)
    }
}
