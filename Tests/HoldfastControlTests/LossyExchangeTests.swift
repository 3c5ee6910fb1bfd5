import HoldfastCore
import HoldfastResult
import Testing

@testable import HoldfastControl

/// Several lives and a coordinator in virtual time, over a network that loses, repeats and reorders both ways.
private struct LossyWorld {
    enum Packet {
        case report(AgentReport)
        case orders(Orders, to: Int)
    }

    let draws: DrawStream
    var counter: UInt64 = 0
    var now = Instant(nanoseconds: 1)
    var lives: [AgentLife] = []
    var network = Schedule<Packet>()
    var exits: [LifeExit?] = []

    // The coordinator.
    var order = ReportOrder()
    var latest: [AgentID: AgentReport] = [:]
    var cuts: [AgentID: Set<Int32>] = [:]
    var ranks: [Int: [UInt32]] = [:]
    var establishAt: Instant?
    var t0: Instant?

    init(seed: UInt32, agents: Int) {
        draws = Seed(11).stream(.swarm, actor: seed)
        let timing = RunTiming(duration: .milliseconds(6500), timeScale: 2)
        for index in 0..<agents {
            var life = AgentLife(agent: AgentID(role: .worker, index: index), incarnation: 0, timing: timing)
            life.becomeReady()
            lives.append(life)
            exits.append(nil)
        }
    }

    mutating func below(_ count: UInt64) -> UInt64 {
        counter += 1
        return draws.below(count, counter)
    }

    mutating func send(_ packet: Packet) {
        // A quarter is lost, a quarter comes twice, all of them whenever they like.
        let copies = [0, 1, 1, 2][Int(below(4))]
        for _ in 0..<copies {
            network.add(packet, at: now + .milliseconds(Int64(below(400))))
        }
    }

    mutating func arrive(_ report: AgentReport) {
        if order.accept(report) {
            for cut in report.cuts { cuts[report.agent, default: []].insert(cut.second) }
            for rank in report.ranks { ranks[rank.fault * 100 + report.agent.index] = rank.ranks }
            latest[report.agent] = report
        }
        let all = lives.map { latest[$0.agent]?.stage }
        if establishAt == nil, all.allSatisfy({ $0 == .ready }) { establishAt = now + .milliseconds(50) }
        if t0 == nil, all.allSatisfy({ $0 == .running }) { t0 = now + .seconds(8) }
        var orders = Orders()
        orders.acknowledged = latest[report.agent]?.sequence ?? 0
        orders.establishAt = establishAt
        orders.t0 = t0
        orders.thresholds = (0..<3).filter { fault in lives.indices.allSatisfy { ranks[fault * 100 + $0] != nil } }
            .map { RankThreshold(fault: $0, rank: 4) }
        orders.finish = all.allSatisfy { $0 == .ended }
        send(.orders(orders, to: report.agent.index))
    }

    mutating func turn(_ index: Int) {
        while let action = lives[index].poll(now: now) {
            switch action {
            case .start(let t0):
                for fault in 0..<3 { lives[index].plan(step: fault, at: t0 + .milliseconds(600 * Int64(fault))) }
            case .perform(let fault, _):
                lives[index].record(RankReport(fault: fault, ranks: [UInt32(index), UInt32(index) + 7]))
            case .takeCut(let second, _): lives[index].record(Cut(second: second))
            case .end: lives[index].settle()
            case .exchange: send(.report(lives[index].report(harness: HarnessReport())))
            case .exit(let reason): exits[index] = reason
            case .establish: break
            }
        }
    }

    /// Runs until every life has left; false when that takes longer than `limit`.
    mutating func run(limit: Span) -> Bool {
        while exits.contains(where: { $0 == nil }) {
            let next = min(network.nextInstant, lives.map(\.nextDeadline).min() ?? .never)
            now = max(now, next)
            guard now < .zero + limit else { return false }
            while let entry = network.takeDue(now: now) {
                switch entry.element {
                case .report(let report): arrive(report)
                case .orders(let orders, let index): lives[index].handle(orders, now: now)
                }
            }
            for index in lives.indices { turn(index) }
        }
        return true
    }
}

@Suite struct LossyExchangeTests {
    @Test(arguments: UInt32(0)..<30)
    func everythingArrivesAndEverybodyLeaves(seed: UInt32) {
        var world = LossyWorld(seed: seed, agents: 3)
        let isOver = world.run(limit: .seconds(60))
        #expect(isOver)
        #expect(world.exits == [.finished, .finished, .finished])
        for life in world.lives {
            #expect(world.cuts[life.agent] == Set(0...7))
        }
        #expect(world.ranks.count == 9)
        #expect(world.latest.values.allSatisfy { $0.stage == .ended })
    }
}
