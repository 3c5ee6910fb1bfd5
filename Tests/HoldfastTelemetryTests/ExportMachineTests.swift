import HoldfastCore
import HoldfastTelemetry
import Testing

@Suite("Export machine")
struct ExportMachineTests {
    @Test("One batch at a time, oldest first")
    func order() {
        var rig = Rig()

        #expect(rig.tell(.enqueued(0)) == [.send(0)])
        #expect(rig.tell(.enqueued(1)) == [])
        #expect(rig.tell(.enqueued(2)) == [])
        #expect(rig.tell(.finished(.delivered)) == [.release(0), .send(1)])
        #expect(rig.tell(.finished(.delivered)) == [.release(1), .send(2)])
        #expect(!rig.machine.isIdle)
        #expect(rig.tell(.finished(.delivered)) == [.release(2)])
        #expect(rig.machine.isIdle)
        #expect(rig.machine.delivered == 3)
        #expect(rig.machine.lost == 0)
    }

    @Test("A refused batch is dropped and counted, and the next one goes at once")
    func refused() {
        var rig = Rig()
        _ = rig.tell(.enqueued(0))
        _ = rig.tell(.enqueued(1))

        #expect(rig.tell(.finished(.refused)) == [.drop(0, .refused), .send(1)])
        #expect(rig.machine.lost == 1)
    }

    @Test("A pause ends exactly at its instant")
    func pauseBoundary() throws {
        var rig = Rig()
        _ = rig.tell(.enqueued(0))
        let until = try #require(rig.tell(.finished(.unavailable(retryAfter: nil))).armed)

        rig.now = until - .tick
        #expect(rig.tell(.ticked) == [.arm(until)])
        rig.now = until
        #expect(rig.tell(.ticked) == [.send(0)])
    }

    @Test("Retry-After is a floor under the pause, not the pause")
    func retryAfter() throws {
        // The first pause is anywhere up to 1 s: 5 s is always longer, 1 ns never.
        for seed in 0..<50 as Range<UInt64> {
            var long = Rig(seed: seed)
            _ = long.tell(.enqueued(0))
            let floor = long.tell(.finished(.unavailable(retryAfter: .seconds(5)))).armed
            #expect(floor == long.now + .seconds(5))

            var short = Rig(seed: seed)
            var none = Rig(seed: seed)
            _ = short.tell(.enqueued(0))
            _ = none.tell(.enqueued(0))
            let pause = try #require(short.tell(.finished(.unavailable(retryAfter: .tick))).armed)
            #expect(pause == none.tell(.finished(.unavailable(retryAfter: nil))).armed)
            #expect(pause - short.now <= .seconds(1))
        }
    }

    @Test("Pauses double up to the cap, with full jitter; delivery starts them over")
    func backoff() throws {
        let bounds: [Int64] = [1, 2, 4, 8, 16, 30, 30, 30]
        var longest = [Span](repeating: .zero, count: bounds.count)
        for seed in 0..<400 as Range<UInt64> {
            var rig = Rig(seed: seed)
            _ = rig.tell(.enqueued(0))
            for (attempt, bound) in bounds.enumerated() {
                let until = try #require(rig.tell(.finished(.unavailable(retryAfter: nil))).armed)
                #expect(until - rig.now < .seconds(bound))
                longest[attempt] = max(longest[attempt], until - rig.now)
                rig.now = until
                #expect(rig.tell(.ticked) == [.send(0)])
            }
            _ = rig.tell(.enqueued(1))
            _ = rig.tell(.finished(.delivered))
            let again = try #require(rig.tell(.finished(.unavailable(retryAfter: nil))).armed)
            #expect(again - rig.now < .seconds(1))
        }
        for (attempt, bound) in bounds.enumerated() {
            #expect(longest[attempt] > Span.seconds(bound).scaled(by: 0.95))
        }
    }

    @Test("The same seed and actor pause alike, another actor otherwise")
    func seeded() {
        func pause(actor id: UInt32) -> Instant? {
            var rig = Rig(draws: Seed(42).stream(.export, actor: actor(.exporter, id)))
            _ = rig.tell(.enqueued(0))
            return rig.tell(.finished(.unavailable(retryAfter: nil))).armed
        }
        #expect(pause(actor: 0) == pause(actor: 0))
        #expect(pause(actor: 0) != pause(actor: 1))
    }

    @Test("When there is no room the oldest that waits goes: one fewer fits, one more does not", arguments: [2, 3, 64])
    func overflow(capacity: Int) {
        var limits = ExportMachine.Limits()
        limits.batches = capacity
        var rig = Rig(limits: limits)
        _ = rig.tell(.enqueued(0))
        for batch in 1..<UInt64(capacity) { #expect(rig.tell(.enqueued(batch)) == []) }

        #expect(rig.tell(.enqueued(100)) == [.drop(1, .overflow)])
        #expect(rig.machine.lost == 1)
    }

    @Test("While the destination is away, the newest are kept, and sent oldest first once it is back")
    func newestKept() throws {
        var rig = Rig()
        _ = rig.tell(.enqueued(0))
        let until = try #require(rig.tell(.finished(.unavailable(retryAfter: .seconds(1_000)))).armed)
        for batch in 1...100 as ClosedRange<UInt64> { _ = rig.tell(.enqueued(batch)) }
        #expect(rig.machine.lost == 37)

        rig.now = until
        var sent: [UInt64] = []
        var actions = rig.tell(.ticked)
        while let batch = actions.sent {
            sent.append(batch)
            actions = rig.tell(.finished(.delivered))
        }
        #expect(sent == Array(37...100))
        #expect(rig.machine.delivered == 64)
    }

    @Test("No such destination: everything is dropped, now and later, and nothing is tried again")
    func hopeless() {
        var rig = Rig()
        _ = rig.tell(.enqueued(0))
        _ = rig.tell(.enqueued(1))

        #expect(rig.tell(.finished(.hopeless)) == [.drop(0, .hopeless), .drop(1, .hopeless)])
        #expect(rig.tell(.enqueued(2)) == [.drop(2, .hopeless)])
        #expect(rig.tell(.ticked) == [])
        #expect(rig.machine.isIdle)
        #expect(rig.machine.lost == 3)
    }

    @Test("At the end a pause is cut short, and what is still not delivered is lost")
    func flushedThenAbandoned() throws {
        var rig = Rig()
        _ = rig.tell(.enqueued(0))
        _ = rig.tell(.enqueued(1))
        _ = rig.tell(.finished(.unavailable(retryAfter: .seconds(100))))

        #expect(rig.tell(.flushed) == [.send(0)])
        #expect(rig.tell(.flushed) == [])
        #expect(rig.tell(.abandoned) == [.drop(0, .abandoned), .drop(1, .abandoned)])
        #expect(rig.tell(.finished(.delivered)) == [])
        #expect(rig.tell(.enqueued(2)) == [.drop(2, .abandoned)])
        #expect(rig.machine.delivered == 0)
        #expect(rig.machine.lost == 3)
    }

    @Test("An outcome that nobody waits for, and a tick out of turn, change nothing")
    func strayEvents() {
        var rig = Rig()

        #expect(rig.tell(.finished(.delivered)) == [])
        #expect(rig.tell(.ticked) == [])
        #expect(rig.tell(.flushed) == [])
        #expect(rig.machine.delivered == 0)
    }

    @Test("Whatever happens, every batch is delivered, lost or still there")
    func conservation() {
        let draws = Seed(7).stream(.swarm, actor: 0)
        for round in 0..<200 as Range<UInt64> {
            var limits = ExportMachine.Limits()
            limits.batches = 4
            var rig = Rig(limits: limits, seed: round)
            var next: UInt64 = 0
            var held: Set<UInt64> = []
            for step in 0..<100 as Range<UInt64> {
                let choice = below(6, draws.draw(round * 100 + step))
                rig.now = rig.now + .seconds(Int64(choice))
                var event = ExportMachine.Event.ticked
                switch choice {
                case 0, 1:
                    event = .enqueued(next)
                    held.insert(next)
                    next += 1
                case 2: event = .finished(.delivered)
                case 3: event = .finished(.unavailable(retryAfter: nil))
                case 4: event = .finished(.refused)
                default: break
                }
                for action in rig.tell(event) {
                    if case .release(let batch) = action { held.remove(batch) }
                    if case .drop(let batch, _) = action { held.remove(batch) }
                }
                #expect(held.count <= 4)
                #expect(rig.machine.delivered + rig.machine.lost + UInt64(held.count) == next)
            }
        }
    }
}

private struct Rig {
    var machine: ExportMachine
    var now = Instant(nanoseconds: 1_000_000_000)

    init(limits: ExportMachine.Limits = ExportMachine.Limits(), seed: UInt64 = 42) {
        machine = ExportMachine(limits: limits, draws: Seed(seed).stream(.export, actor: actor(.exporter, 0)))
    }

    init(draws: DrawStream) { machine = ExportMachine(draws: draws) }

    mutating func tell(_ event: ExportMachine.Event) -> [ExportMachine.Action] {
        machine.handle(event, now: now)
        var actions: [ExportMachine.Action] = []
        while let action = machine.nextAction() { actions.append(action) }
        return actions
    }
}

extension [ExportMachine.Action] {
    fileprivate var armed: Instant? {
        for case .arm(let instant) in self { return instant }
        return nil
    }

    fileprivate var sent: UInt64? {
        for case .send(let batch) in self { return batch }
        return nil
    }
}
