import HoldfastCore
import Testing

/// What boxes and lines between clients and gateways do to single packets.
@Suite struct MiddleboxTests {
    static let minute = MiddleboxPolicy(aging: .seconds(60))

    static func seconds(_ count: Int64) -> Instant { .zero + .seconds(count) }

    // MARK: Aging

    /// A packet one tick before the end finds the entry there, on it the entry is gone.
    @Test(arguments: [(Span.tick, Mapping.Passage.pass), (.zero, .drop)])
    func anEntryGoesExactlyAtItsAge(early: Span, passage: Mapping.Passage) {
        var mapping = Mapping(now: .zero)
        let now = Self.seconds(60) - early
        #expect(mapping.deadline(Self.minute) == Self.seconds(60))
        let met = mapping.pass(.client, now, Self.minute)
        #expect(met == passage)
        #expect(mapping.isExpired == (passage == .drop))
    }

    /// Beats by interval against a NAT of 60 s: those of 45 s live, those of 120 and 270 s find nothing.
    @Test(arguments: [(Int64(45), true), (59, true), (60, false), (120, false), (270, false)])
    func beatsKeepItOpen(interval: Int64, lives: Bool) {
        var mapping = Mapping(now: .zero)
        var passages: [Mapping.Passage] = []
        for beat in 1...10 { passages.append(mapping.pass(.client, Self.seconds(Int64(beat) * interval), Self.minute)) }
        #expect(passages == Array(repeating: lives ? .pass : .drop, count: 10))
    }

    @Test(arguments: MiddleboxPolicy.Refresh.allCases)
    func whoseBytesKeepIt(refresh: MiddleboxPolicy.Refresh) {
        let policy = MiddleboxPolicy(aging: .seconds(60), refresh: refresh)
        var mapping = Mapping(now: .zero)
        let kept = mapping.pass(.gateway, Self.seconds(30), policy)
        #expect(kept == .pass)
        #expect(mapping.deadline(policy) == Self.seconds(refresh == .both ? 90 : 60))
    }

    /// With `answer` the client's next packet is answered; a gateway's vanishes, for nobody knows whose it is.
    @Test(arguments: [
        (MiddleboxPolicy.Expiry.drop, Mapping.Passage.drop, Mapping.Passage.drop), (.answer, .reset, .drop),
        (.reset, .drop, .drop), (.fin, .drop, .drop),
    ])
    func whatComesTooLate(expiry: MiddleboxPolicy.Expiry, client: Mapping.Passage, gateway: Mapping.Passage) {
        let policy = MiddleboxPolicy(aging: .seconds(60), expiry: expiry)
        var mapping = Mapping(now: .zero)
        let back = mapping.pass(.gateway, Self.seconds(61), policy)
        #expect(back == gateway)
        let forth = mapping.pass(.client, Self.seconds(61), policy)
        #expect(forth == client)
    }

    @Test func aForgottenEntryDoesNotAge() {
        var mapping = Mapping(now: .zero)
        mapping.expire()
        #expect(mapping.deadline(Self.minute) == .never)
        let isDue = mapping.expireIfDue(Self.seconds(60), Self.minute)
        #expect(!isDue)
        let next = mapping.pass(.client, .zero, Self.minute)
        #expect(next == .drop)
    }

    /// The table of the articles: who lives behind whom.
    @Test(arguments: [("china-mobile-4g", 45), ("china-unicom", 270), ("china-telecom-3g", 1679)])
    func carriers(name: String, longest: Int64) throws {
        let policy = try #require(MiddleboxPolicy.presets[name])
        var mapping = Mapping(now: .zero)
        let early = mapping.pass(.client, Self.seconds(longest), policy)
        #expect(early == .pass)
        let aging = try #require(policy.aging)
        let late = mapping.pass(.client, Self.seconds(longest) + aging, policy)
        #expect(late == .drop)
    }

    // MARK: A full buffer

    /// Ten a second behind a buffer of three: at one instant the first three pass, 100 ms apart, and two are dropped;
    /// a tick before the first is through there is no room, and on it there is.
    @Test func aBufferFillsAndEmpties() {
        var queue = CongestedQueue(ratePerSecond: 10, limit: 3)
        var burst: [Span?] = []
        for _ in 0..<5 { burst.append(queue.pass(.zero)) }
        #expect(burst == [.milliseconds(100), .milliseconds(200), .milliseconds(300), nil, nil])
        let early = queue.pass(.zero + (.milliseconds(100) - .tick))
        let late = queue.pass(.zero + .milliseconds(100))
        let idle = queue.pass(Self.seconds(9))
        #expect([early, late, idle] == [nil, .milliseconds(300), .milliseconds(100)])
        #expect(queue.dropped == 3)
    }

    // MARK: Loss

    @Test func lossIsThatShare() {
        var conditions = PathConditions()
        conditions.loss = 0.3
        let stream = Seed(1).stream(.network, actor: 0)
        let lost = (0..<10_000).filter { conditions.meet((stream.draw($0), 0)) == nil }.count
        // Four standard deviations of a binomial of 10,000 and 0.3 are 183.
        #expect(abs(lost - 3000) < 184)
    }

    @Test func disturbancesAddUp() {
        var conditions = PathConditions()
        var half = PathConditions()
        half.loss = 0.5
        half.delay = .milliseconds(20)
        half.jitter = .milliseconds(10)
        conditions.add(half)
        conditions.add(half)
        #expect(conditions.loss == 0.75)
        #expect(conditions.meet((.max, 0)) == .milliseconds(40))
        #expect(conditions.meet((.max, 1 << 63)) == .milliseconds(50))
        half.isCut = true
        conditions.add(half)
        #expect(conditions.meet((.max, 0)) == nil)
    }
}
