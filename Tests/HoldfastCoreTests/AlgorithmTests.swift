import HoldfastCore
import Testing

/// Algorithms that draw or hash, against their definitions and closed forms.
@Suite struct AlgorithmTests {
    static func balancer(
        _ algorithm: BalancingAlgorithm,
        gateways: Int,
        replacement: Bool = false,
        seed: UInt64 = 42
    ) -> Balancer {
        Balancer(
            algorithm: algorithm,
            gateways: gateways,
            failTimeout: .seconds(1),
            replacement: replacement,
            seed: Seed(seed)
        )
    }

    static func fill(_ balancer: inout Balancer, _ sessions: Range<SessionID>) -> [GatewayID] {
        sessions.map { balancer.pick(session: $0, ordinal: 0, now: .zero) ?? noGateway }
    }

    /// Two gateways, both drawn each time: always the one with fewer.
    @Test func twoDistinctOfTwoAreAlwaysLevel() {
        var balancer = Self.balancer(.powerOfTwo, gateways: 2)
        for session in SessionID(0)..<1_000 {
            _ = balancer.pick(session: session, ordinal: 0, now: .zero)
            let (left, right) = (Int(balancer.connections[0]), Int(balancer.connections[1]))
            #expect(abs(left - right) <= 1)
        }
    }

    /// A tie goes to the first drawn, which is as often the one as the other.
    @Test func aTieGoesToTheFirstDrawn() {
        var firsts = 0
        for session in SessionID(0)..<2_000 {
            var balancer = Self.balancer(.powerOfTwo, gateways: 2)
            let draw = Seed(42).draw(.balancerPick, actor: session, 0)
            let pick = balancer.pick(session: session, ordinal: 0, now: .zero)
            #expect(pick == GatewayID(below(2, draw)))
            firsts += pick == 0 ? 1 : 0
        }
        #expect(abs(firsts - 1_000) < 5 * 23)
    }

    /// With replacement both draws fall on one gateway half of the time, and the gap of two gateways walks: of the
    /// moves of a gap d > 0, 3/4 close it and 1/4 widen it, so it is geometric, 1/3 a step, and rarely above 10.
    @Test func withReplacementTheGapStaysSmallButNotZero() {
        var widest = 0
        var sum = 0
        var balancer = Self.balancer(.powerOfTwo, gateways: 2, replacement: true)
        for session in SessionID(0)..<20_000 {
            _ = balancer.pick(session: session, ordinal: 0, now: .zero)
            let gap = abs(Int(balancer.connections[0]) - Int(balancer.connections[1]))
            widest = max(widest, gap)
            sum += gap
        }
        #expect(widest > 2)
        #expect(widest < 16)
        #expect(sum > 10_000)
    }

    /// m/n + ln ln n / ln 2 + a constant, whatever m is; random has sqrt(2 (m/n) ln n) above the mean.
    @Test(arguments: [UInt64(1), 2, 3])
    func twoChoicesBeatOne(seed: UInt64) {
        var two = Self.balancer(.powerOfTwo, gateways: 100, seed: seed)
        var one = Self.balancer(.random, gateways: 100, seed: seed)
        _ = Self.fill(&two, 0..<100_000)
        _ = Self.fill(&one, 0..<100_000)
        let mean: UInt64 = 1_000
        #expect(two.connections.max()! - mean <= 6)
        // sqrt(2 * 1000 * ln 100) is 96.
        #expect(one.connections.max()! - mean > 40)
        #expect(one.connections.max()! - mean < 160)
    }

    /// A gateway that fails moves its own sessions and nobody else; when it is back they come home.
    @Test func rendezvousMovesOnlyThoseOfTheGatewayThatLeft() {
        var balancer = Self.balancer(.rendezvous, gateways: 10)
        let home = Self.fill(&balancer, 0..<2_000)
        _ = balancer.pickAgain(after: 3, session: 0, ordinal: 0, attempt: 0, now: .zero)
        let away = Self.fill(&balancer, 0..<2_000)
        for (before, after) in zip(home, away) {
            if before == 3 { #expect(after != 3) } else { #expect(after == before) }
        }
        let later = Instant.zero + .seconds(1)
        let back = (SessionID(0)..<2_000).map { balancer.pick(session: $0, ordinal: 1, now: later) ?? noGateway }
        #expect(back == home)
    }

    /// Hashes deal like a die: counts are multinomial, standard deviation sqrt(2000 * 0.1 * 0.9) = 13.4.
    @Test(arguments: [BalancingAlgorithm.rendezvous, .sourceHash, .random])
    func hashesDealEvenly(algorithm: BalancingAlgorithm) {
        var balancer = Self.balancer(algorithm, gateways: 10)
        _ = Self.fill(&balancer, 0..<2_000)
        for count in balancer.connections { #expect(abs(Int(count) - 200) < 5 * 14) }
    }

    /// One of ten fewer: the hash modulo 9 instead of 10 keeps about a tenth of the sessions where they were.
    @Test func sourceHashMovesNearlyEverybody() {
        var balancer = Self.balancer(.sourceHash, gateways: 10)
        let before = Self.fill(&balancer, 0..<2_000)
        _ = balancer.pickAgain(after: 9, session: 0, ordinal: 0, attempt: 0, now: .zero)
        let after = Self.fill(&balancer, 0..<2_000)
        let kept = zip(before, after).count { $0 == $1 }
        #expect(abs(kept - 200) < 70)
    }

    /// The hash of a pair is that of its eight bytes, so other programs can compute it.
    @Test func aPairIsHashedAsItsBytes() {
        #expect(pairHash(0x0102_0304, 0xA0B0_C0D0) == hash64([1, 2, 3, 4, 0xA0, 0xB0, 0xC0, 0xD0]))
        #expect(pairHash(0, 0) == hash64([UInt8](repeating: 0, count: 8)))
    }

    static func client(
        _ algorithm: ClientAlgorithm,
        onFailure: FailureChoice = .switchGateway
    ) -> (Session, SessionPolicy) {
        let policy = SessionPolicy(
            seed: Seed(42),
            heartbeat: .article3x5,
            reconnect: ReconnectPolicy(delay: .immediate),
            selection: .client(algorithm, gateways: 5, onFailure: onFailure)
        )
        return (Session(id: 7), policy)
    }

    static func connects(_ session: inout Session, _ event: SessionEvent, _ policy: SessionPolicy) -> [GatewayID] {
        var found: [GatewayID] = []
        session.handle(event, now: .zero, policy: policy)
        repeat {
            while let action = session.nextAction() {
                if case .connect(let gateway) = action { found.append(gateway) }
            }
            guard session.deadline <= .zero else { break }
            session.handle(.deadlineReached, now: .zero, policy: policy)
        } while true
        return found
    }

    /// Back to where it was after every end, unless it leaves out what failed.
    @Test(arguments: [FailureChoice.stay, .switchGateway])
    func aStickySessionComesBack(onFailure: FailureChoice) throws {
        var (session, policy) = Self.client(.sticky, onFailure: onFailure)
        let home = try #require(Self.connects(&session, .started, policy).first)
        for _ in 0..<5 {
            _ = Self.connects(&session, .connected, policy)
            _ = Self.connects(&session, .admitted(by: home, intervalMilliseconds: 0), policy)
            // What it ends itself is no failure of the gateway.
            #expect(Self.connects(&session, .commanded(.drop(.policy, by: .fin)), policy) == [home])
        }
        let next = try #require(Self.connects(&session, .connectFailed(.refused), policy).first)
        #expect((next == home) == (onFailure == .stay))
    }

    /// Every session of a client rendezvous has its own fixed order of gateways.
    @Test func aHashedSessionFallsBackToItsSecondChoice() throws {
        for algorithm in [ClientAlgorithm.rendezvous, .sourceHash] {
            var (session, policy) = Self.client(algorithm)
            let first = try #require(Self.connects(&session, .started, policy).first)
            let second = try #require(Self.connects(&session, .connectFailed(.refused), policy).first)
            #expect(second != first)
            #expect(try #require(Self.connects(&session, .connectFailed(.refused), policy).first) == first)
        }
    }
}
