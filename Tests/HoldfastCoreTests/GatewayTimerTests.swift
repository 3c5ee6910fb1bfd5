import Testing

@testable import HoldfastCore

/// What a gateway does by itself, at its exact instants.
@Suite struct GatewayTimerTests {
    static func seconds(_ count: Int64) -> Instant { .zero + .seconds(count) }

    static func actions(_ connection: inout GatewayConnection) -> [GatewayAction] {
        var actions: [GatewayAction] = []
        while let action = connection.nextAction() { actions.append(action) }
        return actions
    }

    /// Session 7 logged in at time zero.
    static func admitted(_ policy: GatewayPolicy) -> GatewayConnection {
        var connection = GatewayConnection(acceptedAt: .zero, policy: policy)
        connection.handle(.loggedIn(session: 7, ordinal: 0), now: .zero, policy: policy)
        _ = actions(&connection)
        return connection
    }

    /// What it does a tick before its deadline, and on it.
    static func pair(_ connection: GatewayConnection, _ policy: GatewayPolicy) -> ([GatewayAction], [GatewayAction]) {
        var early = connection
        var late = connection
        early.handle(.deadlineReached, now: connection.deadline - .tick, policy: policy)
        late.handle(.deadlineReached, now: connection.deadline, policy: policy)
        return (actions(&early), actions(&late))
    }

    @Test func aLoginThatDoesNotCome() {
        let policy = GatewayPolicy(loginTimeout: .seconds(5))
        let connection = GatewayConnection(acceptedAt: .zero, policy: policy)
        #expect(connection.deadline == Self.seconds(5))
        let (early, late) = Self.pair(connection, policy)
        #expect(early.isEmpty)
        #expect(late == [.close(.fin)])
    }

    @Test func silence() {
        let policy = GatewayPolicy(idleTimeout: .seconds(90))
        let (early, late) = Self.pair(Self.admitted(policy), policy)
        #expect(early.isEmpty)
        #expect(late == [.notedEnd, .close(.fin)])
    }

    @Test func itsOwnBeats() {
        let policy = GatewayPolicy(seed: Seed(1), pingInterval: .seconds(30))
        var connection = Self.admitted(policy)
        let first = connection.deadline
        #expect(first > .zero && first <= Self.seconds(30))
        let (early, late) = Self.pair(connection, policy)
        #expect(early.isEmpty)
        #expect(late == [.sendPing(sequence: 1)])
        connection.handle(.deadlineReached, now: first, policy: policy)
        connection.handle(.received(.pong(sequence: 1, intervalMilliseconds: 0)), now: first, policy: policy)
        #expect(Self.actions(&connection) == [.notedAnswer, .sendPing(sequence: 1)])
        #expect(connection.deadline == first + .seconds(30))
        // Unanswered, and after standing still for three of them.
        connection.handle(.deadlineReached, now: first + .seconds(30), policy: policy)
        connection.handle(.deadlineReached, now: first + .seconds(125), policy: policy)
        #expect(Self.actions(&connection) == [.notedMiss, .sendPing(sequence: 3)])
        #expect(connection.deadline == first + .seconds(150))
    }

    /// Asked to go exactly at its age, and closed when the drain is over.
    @Test func age() {
        let policy = GatewayPolicy(maxAge: .seconds(1800), drain: .seconds(10))
        var connection = Self.admitted(policy)
        #expect(connection.deadline == Self.seconds(1800))
        let (early, late) = Self.pair(connection, policy)
        #expect(early.isEmpty)
        #expect(late == [.sendGoaway(.age)])
        connection.handle(.deadlineReached, now: connection.deadline, policy: policy)
        _ = Self.actions(&connection)
        #expect(connection.phase == .leaving)
        #expect(connection.deadline == Self.seconds(1810))
        let (still, gone) = Self.pair(connection, policy)
        #expect(still.isEmpty)
        #expect(gone == [.notedEnd, .close(.fin)])
    }

    /// Ages lie evenly between 0.9 and 1.1 times the age, and each connection of a session has its own.
    @Test func agesAreSpread() {
        let policy = GatewayPolicy(seed: Seed(3), maxAge: .seconds(1000), maxAgeJitter: 0.1)
        let ages = (0..<1000).compactMap { policy.age(of: $0, 0)?.seconds }
        #expect(ages.allSatisfy { (900...1100).contains($0) })
        let mean = ages.reduce(0, +) / 1000
        // The standard deviation of the mean of 1,000 uniform draws is 200 / sqrt(12,000) = 1.8.
        #expect(abs(mean - 1000) < 7.5)
        #expect(policy.age(of: 0, 0) != policy.age(of: 0, 1))
        #expect(policy.shortestAge == .seconds(900))
    }
}
