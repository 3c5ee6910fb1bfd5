import HoldfastCore
import Testing

/// When a gateway sheds and down to what, held to what it should.
@Suite struct SheddingTests {
    private static let policy = ShedPolicy(above: 1.1, ratePerSecond: 50, interval: .seconds(1))

    private static func load(_ connections: UInt64, _ gateways: UInt32 = 3) -> FleetLoad {
        FleetLoad(connections: connections, gateways: gateways)
    }

    /// At 1 s, 2 s and so on.
    private func looks(_ held: [UInt64], _ fleet: FleetLoad?, above: Double = 1.1) -> Shedding {
        var policy = Self.policy
        policy.above = above
        var shedding = Shedding(policy)
        for (index, held) in held.enumerated() {
            shedding.look(held, fleet, now: .zero + .seconds(Int64(index + 1)))
        }
        return shedding
    }

    /// More than 1.1 times the mean, which is 30: from 34 on, and not from 33.
    @Test(arguments: [
        ([UInt64(33), 33, 33, 33], false), ([34, 34, 34], true), ([45, 45, 45], true),
        // The mean may be three looks old: what does not last may be no excess.
        ([34, 34], false), ([34, 33, 34], false), ([33, 34, 34], false), ([33, 34, 34, 34], true),
        ([90, 30, 90], false),
    ])
    func sheds(held: [UInt64], isRefusing: Bool) {
        #expect(looks(held, Self.load(90)).isRefusing == isRefusing)
    }

    /// Down to the mean, rounded up.
    @Test(arguments: [
        (UInt64(40), UInt64(90), UInt32(3), UInt64(30)), (40, 91, 3, 31), (40, 92, 3, 31), (6, 7, 2, 4),
    ])
    func goesDownToTheMean(held: UInt64, connections: UInt64, gateways: UInt32, goal: UInt64) {
        let shedding = looks([held, held, held], Self.load(connections, gateways))
        #expect(shedding.nextTurn(goal + 1) == .zero + .seconds(3))
        #expect(shedding.nextTurn(goal) == nil)
    }

    /// Less than one session above the mean is none.
    @Test func whoHasOneAtMostKeepsIt() {
        #expect(!looks([1, 1, 1], Self.load(2, 4), above: 1).isRefusing)
        #expect(!looks([3, 3, 3], Self.load(5, 2), above: 1).isRefusing)
        #expect(looks([4, 4, 4], Self.load(5, 2), above: 1).isRefusing)
    }

    @Test(arguments: [nil, FleetLoad(connections: 0, gateways: 0)])
    func nobodyKnowsTheMean(fleet: FleetLoad?) {
        #expect(!looks([100, 100, 100, 100], fleet).isRefusing)
    }

    /// 50 a second are one every 20 ms.
    @Test func asksOneAfterTheOther() {
        var shedding = looks([45, 45, 45], Self.load(90))
        var held: UInt64 = 45
        var asked: [Span] = []
        let start = Instant.zero + .seconds(3)
        for millisecond in Int64(0)..<1000 {
            while shedding.takeTurn(held, now: start + .milliseconds(millisecond)) {
                asked.append(.milliseconds(millisecond))
                held -= 1
            }
        }
        #expect(asked == (0..<15).map { Span.milliseconds(20 * $0) })
    }

    /// What it missed it does not make up for at once.
    @Test func whoStoodStillDoesNotBurst() {
        var shedding = looks([45, 45, 45], Self.load(90))
        shedding.look(45, Self.load(90), now: .zero + .seconds(60))
        let now = Instant.zero + .seconds(60)
        let first = shedding.takeTurn(45, now: now)
        let second = shedding.takeTurn(44, now: now)
        #expect(first && !second)
    }

    /// It refuses until the fleet is whole again, and three looks at least, since it may hear of that late; or ten.
    @Test(arguments: [
        ([UInt64(90), 90, 90], [true, true, false]), ([75, 80, 85, 90], [true, true, true, false]),
        ([80, 80, 80, 80, 80, 80, 80, 80, 80, 80], Array(repeating: true, count: 9) + [false]),
    ])
    func refusesUntilEverybodyHasAPlace(fleet: [UInt64], expected: [Bool]) {
        var shedding = looks([45, 45, 45], Self.load(90))
        var second: Int64 = 3
        let refused = fleet.map { connections in
            second += 1
            shedding.look(30, Self.load(connections), now: .zero + .seconds(second))
            return shedding.isRefusing
        }
        #expect(refused == expected)
    }

    /// What is offline for being asked to go does not count: the mean of the beginning holds. But with a gateway less
    /// everybody's share is larger.
    @Test func theGoalNeverFalls() {
        var shedding = looks([45, 45, 45], Self.load(90))
        shedding.look(40, Self.load(60), now: .zero + .seconds(4))
        #expect(shedding.nextTurn(31) != nil && shedding.nextTurn(30) == nil)
        shedding.look(40, Self.load(90, 2), now: .zero + .seconds(5))
        #expect(shedding.nextTurn(46) != nil && shedding.nextTurn(45) == nil)
        shedding.look(40, Self.load(90, 3), now: .zero + .seconds(6))
        #expect(shedding.nextTurn(45) == nil)
    }
}
