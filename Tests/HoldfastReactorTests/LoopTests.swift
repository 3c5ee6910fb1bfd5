import HoldfastCore
import Testing

@testable import HoldfastReactor

/// The order of calls, and what is left out.
@Suite struct LoopTests {
    @Test func theScheduleGoesBeforeEverythingElse() throws {
        let pair = try Pair(host: 20)
        #expect(pair.open())
        #expect(pair.write(1, [1]) == .wrote(1))
        let past = Clock.now - .milliseconds(2)
        pair.reactor.setDeadline(2, past)
        pair.reactor.scheduleNext(past)
        pair.driver.calls = []
        pair.turn()
        #expect(pair.driver.calls == [.schedule(past), .ready(2), .deadline(2, past)])
        pair.turn()
        #expect(pair.driver.calls.count == 3)
    }

    @Test func theScheduleIsWokenFor() throws {
        let pair = try Pair(host: 21)
        let soon = Clock.now + .milliseconds(5)
        pair.reactor.scheduleNext(soon)
        pair.reactor.turn(&pair.driver, until: soon + .seconds(10))
        #expect(pair.driver.calls == [.schedule(soon)])
        #expect(pair.now >= soon)
        #expect(pair.lateness.schedule.count == 1)
    }

    @Test func deadlinesAreNeverEarlyAndCanBeTakenBack() throws {
        let pair = try Pair(host: 22)
        let start = Clock.now
        pair.reactor.setDeadline(3, start + .milliseconds(4))
        pair.reactor.setDeadline(4, start + .milliseconds(2))
        pair.reactor.setDeadline(5, start + .milliseconds(3))
        pair.reactor.cancelDeadline(5)
        while pair.driver.calls.count < 2 { pair.turn() }
        #expect(pair.driver.calls == [.deadline(4, start + .milliseconds(2)), .deadline(3, start + .milliseconds(4))])
        #expect(Clock.now >= start + .milliseconds(4))
        #expect(pair.lateness.heartbeat.count == 2)
        let left = pair.reactor.deadline(of: 3)
        #expect(left == .never)
    }

    /// Drawing of time: forty attempts and two beats are due at once, a third beat comes due during the second turn.
    ///
    ///     turn 1   beat beat | attempt x 16
    ///     turn 2   beat      | attempt x 16
    ///     turn 3             | attempt x 8
    @Test func attemptsWaitBehindBeatsAndComeInBatches() throws {
        let pair = try Pair(host: 27, capacity: 50)
        let due = Clock.now - .milliseconds(3)
        pair.driver.attempting = Set(5..<45)
        for slot in pair.driver.attempting.sorted() { pair.reactor.setDeadline(slot, due) }
        for beat in 1...2 { pair.reactor.setDeadline(beat, due) }
        pair.turn()
        let waiting = [pair.reactor.attemptsDue]
        #expect(waiting == [40 - Reactor.attemptsPerTurn])
        let first = (1...2).map { RecordingDriver.Call.deadline($0, due) }
        let attempts = (5..<45).map { RecordingDriver.Call.deadline($0, due) }
        #expect(pair.driver.calls == first + attempts[..<16])
        pair.reactor.setDeadline(3, due)
        pair.turn()
        pair.turn()
        #expect(pair.driver.calls == first + attempts[..<16] + [.deadline(3, due)] + attempts[16...])
        #expect(pair.lateness.heartbeat.count == 3)
        #expect(pair.lateness.attempt.count == 40)
    }

    /// A hundred a second: two that 20 ms would have allowed and the one that is due go at once, then one each 10 ms.
    @Test func attemptsKeepTheirLimit() throws {
        let pair = try Pair(host: 29, capacity: 20)
        pair.driver.attempting = Set(5..<13)
        pair.reactor.attemptLimit = RateLimit(ratePerSecond: 100)
        let start = Clock.now
        for slot in 5..<13 { pair.reactor.putAside(slot, start) }
        pair.turn()
        #expect(pair.driver.calls == (5..<8).map { .deadline($0, start) })
        while pair.driver.calls.count < 8 { pair.turn() }
        #expect(Clock.now - start >= .milliseconds(50))
        #expect(pair.driver.calls == (5..<13).map { .deadline($0, start) })
    }

    @Test func anAttemptThatWaitsCanBeTakenBackOrMoved() throws {
        let pair = try Pair(host: 28)
        pair.driver.attempting = [3, 4, 5]
        let due = Clock.now - .milliseconds(1)
        for slot in 3...5 { pair.reactor.putAside(slot, due) }
        pair.reactor.cancelDeadline(3)
        let later = Clock.now + .milliseconds(5)
        pair.reactor.setDeadline(4, later)
        let known = [pair.reactor.deadline(of: 3), pair.reactor.deadline(of: 4), pair.reactor.deadline(of: 5)]
        #expect(known == [.never, later, due])
        while pair.driver.calls.count < 2 { pair.turn() }
        #expect(pair.driver.calls == [.deadline(5, due), .deadline(4, later)])
        #expect(Clock.now >= later)
    }

    /// Both clients hear of their end in one batch. Whoever is called first closes the other and gives its slot a new
    /// connection: the event that the kernel has ready for the old one must not reach the new one.
    @Test func anEventOfAClosedDescriptorIsDropped() throws {
        let pair = try Pair(host: 23)
        #expect(pair.open())
        #expect(
            pair.open(client: 3, server: 4, from: Endpoint(address: pair.source.address, port: pair.source.port + 1))
        )
        pair.reactor.reset(2)
        pair.reactor.reset(4)
        pair.driver.readiness = [:]
        let listening = pair.listening
        let fresh = Endpoint(address: pair.source.address, port: pair.source.port + 2)
        var replaced = -1
        pair.driver.onReady = { slot, reactor in
            guard replaced < 0 else { return }
            replaced = slot == 1 ? 3 : 1
            reactor.close(replaced)
            #expect(reactor.connect(replaced, from: fresh, to: listening) == 0)
        }
        pair.turn()
        #expect(pair.staleEvents == 1)
        #expect(pair.driver.readiness[replaced] == nil)
        #expect(pair.wait(for: .writable, of: replaced))
        #expect(pair.driver.readiness[replaced] == .writable)
    }

    @Test func aDetachedDescriptorIsNoLongerWatched() throws {
        let pair = try Pair(host: 24)
        #expect(pair.open())
        let descriptor = pair.reactor.detach(1)
        pair.reactor.reset(2)
        pair.driver.calls = []
        pair.turn()
        #expect(pair.driver.calls == [])
        #expect(pair.attach(descriptor, to: 5, .outgoing) == 0)
        #expect(pair.wait(for: .failed, of: 5))
    }

    @Test func anotherThreadWakesIt() async throws {
        let waker = try wakeFromAnotherThread()
        waker.wake()
        // After the reactor is gone a wake goes nowhere.
        waker.wake()
    }

    private func wakeFromAnotherThread() throws -> Waker {
        let pair = try Pair(host: 25)
        let waker = pair.reactor.waker
        Task.detached { waker.wake() }
        while pair.driver.calls.isEmpty { pair.turn() }
        #expect(pair.driver.calls == [.woken])
        pair.turn()
        #expect(pair.driver.calls == [.woken])
        return waker
    }

    @Test func stopsAfterTheCallThatIsUnderWay() throws {
        let pair = try Pair(host: 26)
        #expect(pair.open())
        #expect(pair.write(1, [1]) == .wrote(1))
        #expect(pair.write(2, [1]) == .wrote(1))
        pair.driver.calls = []
        pair.driver.onReady = { _, reactor in reactor.stop() }
        pair.reactor.run(&pair.driver)
        #expect(pair.driver.calls.count == 1)
    }

    @Test func countsWhatItHolds() throws {
        let pair = try Pair(host: 27)
        #expect(pair.open())
        #expect(pair.attached == 3)
        pair.reactor.close(1)
        pair.reactor.close(2)
        #expect(pair.attached == 1)
        #expect(pair.attachedPeak == 3)
        #expect(pair.loopStall.count > 0)
    }
}
