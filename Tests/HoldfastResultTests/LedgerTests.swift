import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastResult

@Suite("Ledger")
struct LedgerTests {
    private let consequence = Ruling(cause: .consequence, fault: 0, onset: .zero)
    private let unexplained = Ruling(cause: .unexplained)

    @Test("Cells are cumulative and add up to every disconnect")
    func cells() {
        var ledger = Ledger(plan: makePlan())
        for _ in 0..<3 { ledger.record(second: 4, gateway: 1, mechanism: .fin, ruling: consequence) }
        ledger.record(second: 4, gateway: 1, mechanism: .reset, ruling: consequence)
        ledger.record(second: -2, gateway: 0, mechanism: .fin, ruling: unexplained)
        #expect(ledger.total == 5)
        #expect(ledger.cells.reduce(0) { $0 + $1.count } == 5)
        let three = LedgerCell(second: 4, gateway: 1, cause: .consequence, mechanism: .fin, fault: 0, count: 3)
        #expect(ledger.cells.contains(three))
        #expect(ledger.cells.count == 3)
    }

    @Test("A long run makes seconds coarser, loses nothing, and never crosses the start of a phase")
    func coarsening() {
        let plan = makePlan(duration: .seconds(1_000), timeline: [event(drop(), at: 333, phase: "late")])
        var ledger = Ledger(plan: plan, cellLimit: 50)
        for second in Int32(-10)..<1_000 {
            ledger.record(second: second, gateway: 0, mechanism: .fin, ruling: unexplained)
        }
        #expect(ledger.cells.count <= 50)
        #expect(ledger.resolutionSeconds == 32)
        #expect(ledger.cells.reduce(0) { $0 + $1.count } == 1_010)
        let table = table(Array(ledger.cells))
        #expect(table.total { plan.phases[0].contains(ledgerSecond: $0.second, of: plan) } == 333)
        #expect(table.total { plan.phases[1].contains(ledgerSecond: $0.second, of: plan) } == 667)
        #expect(table.whileEstablishing == 10)
    }

    @Test("A report carries the cells that changed, until one that carried them is acknowledged")
    func changedCells() {
        var ledger = Ledger(plan: makePlan())
        func report(_ sequence: UInt64) -> [String] {
            ledger.cells(forReport: sequence).map { "\($0.second): \($0.count)" }
        }
        func record(_ second: Int32) {
            ledger.record(second: second, gateway: 0, mechanism: .fin, ruling: unexplained)
        }
        record(1)
        record(2)
        #expect(report(1) == ["1: 1", "2: 1"])
        record(2)
        #expect(report(2) == ["1: 1", "2: 2"])
        ledger.acknowledge(through: 1)
        #expect(report(3) == ["2: 2"])
        ledger.acknowledge(through: 2)
        #expect(report(4) == [])
        record(1)
        #expect(report(5) == ["1: 2"])
        record(1)
        // Counted after report 5 had left.
        ledger.acknowledge(through: 5)
        #expect(report(6) == ["1: 3"])
        ledger.acknowledge(through: 6)
        #expect(report(7) == [])
        #expect(ledger.cells.map(\.count) == [3, 2])
    }

    /// Some reports are lost, some arrive twice, and answers may be late.
    @Test("What the coordinator puts together is the worker's ledger", arguments: 0..<8)
    func together(_ seed: UInt64) {
        let stream = Seed(seed).stream(.swarm, actor: 7)
        var draws: UInt64 = 0
        func dice(_ sides: UInt64) -> UInt64 {
            draws += 1
            return stream.draw(draws) % sides
        }
        let phases = [event(drop(), at: 333, phase: "late"), event(drop(), at: 334, phase: "later")]
        let plan = makePlan(duration: .seconds(1_000), timeline: phases)
        var ledger = Ledger(plan: plan, cellLimit: 64)
        var measurements = RunMeasurements(plan: plan, workers: 1)
        var heard: UInt64 = 0
        var most = 0
        for sequence in 1...UInt64(1_000) {
            for _ in 0..<dice(4) {
                let second = Int32(sequence) + Int32(dice(3))
                let gateway = GatewayID(dice(3))
                ledger.record(second: second, gateway: gateway, mechanism: .fin, ruling: unexplained)
            }
            let report = report(sequence, &ledger)
            most = max(most, report.ledger.count)
            let isLost = dice(4) == 0 && sequence < 1_000
            guard !isLost else { continue }
            measurements.receive(report)
            if dice(4) == 0 { measurements.receive(report) }
            if dice(2) == 0 { ledger.acknowledge(through: heard) }
            heard = sequence
        }
        #expect(ledger.resolutionSeconds > 8)
        #expect(Set(measurements.ledger.cells) == Set(ledger.cells))
        #expect(measurements.ledger.cells.count == ledger.cells.count)
        #expect(measurements.ledger.total() == ledger.total)
        // Coarser seconds are no reason to say again what is known.
        #expect(most < 40)
    }

    private func report(_ sequence: UInt64, worker: Int = 0) -> AgentReport {
        AgentReport(
            agent: AgentID(role: .worker, index: worker),
            incarnation: 0,
            sequence: sequence,
            stage: .running,
            harness: HarnessReport()
        )
    }

    private func report(_ sequence: UInt64, _ ledger: inout Ledger) -> AgentReport {
        var report = report(sequence)
        report.ledger = ledger.cells(forReport: sequence)
        report.ledgerResolution = ledger.resolutionSeconds
        return report
    }

    @Test("Every kind of row has its share of the sample, unexplained ones a quota of their own")
    func sample() {
        var ledger = Ledger(plan: makePlan())
        for session in 0..<2_000 {
            let mechanism: Mechanism = session.isMultiple(of: 2) ? .fin : .reset
            keep(&ledger, SessionID(session), mechanism, .consequence, fault: 0)
        }
        #expect(ledger.sample.kept == 2 * RowSample.rowsPerKind)
        for session in 0..<2_000 { keep(&ledger, SessionID(session), .fin, .unexplained, fault: nil) }
        #expect(ledger.sample.kept == 2 * RowSample.rowsPerKind + RowSample.unexplainedLimit)
        for fault in 1..<100 {
            for session in 0..<40 { keep(&ledger, SessionID(session), .fin, .consequence, fault: fault) }
        }
        #expect(ledger.sample.kept == RowSample.explainedLimit + RowSample.unexplainedLimit)
        #expect(!ledger.wantsRow(cause: .consequence, mechanism: .goaway, fault: 100))
        #expect(!ledger.wantsRow(cause: .unexplained, mechanism: .goaway, fault: nil))
    }

    @Test("Rows are repeated until a report that carried them is acknowledged")
    func acknowledgement() {
        var ledger = Ledger(plan: makePlan())
        keep(&ledger, 1, .fin, .unexplained, fault: nil)
        #expect(ledger.rows(forReport: 7).map(\.session) == [1])
        keep(&ledger, 2, .fin, .unexplained, fault: nil)
        ledger.acknowledge(through: 6)
        #expect(ledger.rows(forReport: 8).map(\.session) == [1, 2])
        ledger.acknowledge(through: 7)
        #expect(ledger.rows(forReport: 9).map(\.session) == [2])
        keep(&ledger, 3, .fin, .unexplained, fault: nil)
        ledger.acknowledge(through: 9)
        #expect(ledger.rows(forReport: 10).map(\.session) == [3])
    }

    @Test("The table reads by fault in timeline order, then what has none")
    func lines() {
        let table = table([
            LedgerCell(second: 3, gateway: 0, cause: .unexplained, mechanism: .fin, fault: nil, count: 1),
            LedgerCell(second: 3, gateway: 0, cause: .consequence, mechanism: .reset, fault: 1, count: 2),
            LedgerCell(second: 5, gateway: 1, cause: .consequence, mechanism: .reset, fault: 1, count: 3),
            LedgerCell(second: 3, gateway: 0, cause: .injected, mechanism: .local, fault: 0, count: 4),
            LedgerCell(second: -1, gateway: 0, cause: .unexplained, mechanism: .fin, fault: nil, count: 9),
        ])
        #expect(table.lines.map(\.fault) == [0, 1, nil])
        #expect(table.lines.map(\.count) == [4, 5, 1])
        #expect(table.total() == 10)
    }

    @Test("What workers counted alike is one cell of the run's ledger")
    func alike() {
        let cell = LedgerCell(second: 3, gateway: 0, cause: .unexplained, mechanism: .fin, fault: nil, count: 2)
        var (elsewhere, later, early) = (cell, cell, cell)
        elsewhere.gateway = 1
        later.second = 4
        early.second = -1
        var measurements = RunMeasurements(plan: makePlan(), workers: 2)
        for worker in 0..<2 {
            var report = report(1, worker: worker)
            report.ledger = [cell, elsewhere, later, early]
            measurements.receive(report)
        }
        #expect(measurements.ledger.cells.map(\.count) == [4, 4, 4, 4])
        #expect(measurements.disconnects() == 12)
        #expect(measurements.disconnects { $0.gateway == 1 } == 4)
        #expect(measurements.disconnects { $0.cause == .injected } == 0)
    }

    private func table(_ cells: [LedgerCell]) -> LedgerTable {
        var table = LedgerTable()
        table.add(cells)
        return table
    }

    private func keep(_ ledger: inout Ledger, _ session: SessionID, _ mechanism: Mechanism, _ cause: Cause, fault: Int?)
    {
        guard ledger.wantsRow(cause: cause, mechanism: mechanism, fault: fault) else { return }
        ledger.keep(
            DisconnectRow(
                session: session,
                ordinal: 0,
                gateway: 0,
                at: .zero,
                admittedAt: .zero,
                lastProofOfLife: .zero,
                mechanism: mechanism,
                cause: cause,
                fault: fault
            )
        )
    }
}
