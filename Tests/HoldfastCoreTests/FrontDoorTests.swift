import HoldfastCore
import Testing

/// A gateway that takes so many connections a second and no more.
@Suite struct FrontDoorTests {
    static func milliseconds(_ count: Int64) -> Instant { .zero + .milliseconds(count) }

    /// Ten a second and three may wait: of six at one instant three are accepted 100 ms apart, and three find no room;
    /// a tick before the first wait is over there is still none, and on it there is.
    @Test func aQueueFillsAndEmpties() {
        var door = FrontDoor(ratePerSecond: 10, backlog: 3)
        var burst: [Instant?] = []
        for _ in 0..<6 { burst.append(door.arrive(.zero)) }
        #expect(burst == [.zero, Self.milliseconds(100), Self.milliseconds(200), nil, nil, nil])
        let early = door.arrive(.zero + .tick)
        #expect(early == Self.milliseconds(300))
        let full = door.arrive(.zero + .tick)
        #expect(full == nil)
        #expect(door.overflows == 4)
        let late = door.arrive(Self.milliseconds(5000))
        #expect(late == Self.milliseconds(5000))
    }

    @Test func loginsAreAnsweredOneAfterTheOther() {
        var door = FrontDoor(loginTime: .milliseconds(2))
        var answers: [Instant] = []
        for _ in 0..<3 { answers.append(door.answerLogin(acceptedAt: .zero, now: Self.milliseconds(10))) }
        #expect(answers == [12, 14, 16].map(Self.milliseconds))
        // Not accepted yet when its login is there.
        let waiting = door.answerLogin(acceptedAt: Self.milliseconds(100), now: Self.milliseconds(20))
        #expect(waiting == Self.milliseconds(102))
    }

    @Test func withoutLimitsNothingWaits() {
        var door = FrontDoor()
        for _ in 0..<10_000 {
            let accepted = door.arrive(.zero)
            #expect(accepted == .zero)
        }
        let answered = door.answerLogin(acceptedAt: .zero, now: .zero)
        #expect(answered == .zero)
        #expect(door.overflows == 0)
    }

    /// A program that stands still accepts nobody: as many as the queue holds are connected, and wait.
    @Test func aFrozenProgramFillsItsQueue() {
        var door = FrontDoor(backlog: 2)
        var room: [Bool] = []
        for _ in 0..<3 { room.append(door.holdBack()) }
        #expect(room == [true, true, false])
        let blocked = door.arrive(.zero)
        #expect(blocked == nil)
        door.letIn()
        let accepted = door.arrive(.zero)
        #expect(accepted == .zero)
    }
}
