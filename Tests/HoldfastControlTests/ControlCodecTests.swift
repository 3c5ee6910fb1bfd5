import HoldfastCore
import HoldfastResult
import Testing

@testable import HoldfastControl

@Suite struct ControlCodecTests {
    /// Names every property of `value`, however deep, that is still as in `other`.
    private func unset(_ value: Any, like other: Any, path: String = "") -> [String] {
        let (mirror, otherMirror) = (Mirror(reflecting: value), Mirror(reflecting: other))
        if value is Histogram || mirror.displayStyle != .struct {
            return "\(value)" == "\(other)" ? [path] : []
        }
        return zip(mirror.children, otherMirror.children).flatMap { child, other in
            unset(child.value, like: other.value, path: "\(path).\(child.label ?? "")")
        }
    }

    /// The parts first, so that a new field in any of them must be set in `FullValues`; then the mapping must know it.
    @Test func fullValuesHaveNoDefaults() {
        var full = FullValues()
        let zero = Instant.zero
        let agent = AgentID(role: .balancer, index: 0)
        let harness = HarnessReport()
        let blank = AgentReport(agent: agent, incarnation: 0, sequence: 0, stage: .joined, harness: harness)
        let digest = Digest()
        let cell = LedgerCell(second: 0, gateway: 0, cause: .injected, mechanism: .local, fault: nil, count: 0)
        let row = DisconnectRow(
            session: 0,
            ordinal: 0,
            gateway: 0,
            at: zero,
            admittedAt: zero,
            lastProofOfLife: zero,
            mechanism: .local
        )
        let interval = ExecutedInterval(fault: 0, gateway: nil, start: zero, end: nil)
        let assignment = Assignment(
            planText: "",
            planHash: "",
            run: 0,
            workers: 0,
            gatewayPort: 0,
            balancerPort: 0,
            pushURL: nil
        )
        let report = full.report()
        let orders = full.orders()
        let sessions = full.sessions()
        let population = GatewayPopulation(gateway: 0, opened: 0, closed: 0, digest: digest)
        let pairs: [(full: Any, blank: Any)] = [
            (report, blank),
            (report.cuts[0], Cut(second: 0)),
            (report.cuts[0].populations[0], population),
            (sessions, SessionCounters()),
            (sessions.groups[0], GroupCounters()),
            (full.messages(), MessageTally()),
            (full.requests(), RequestTally()),
            (full.gateway(), GatewayCounters()),
            (full.balancer(), BalancerCounters()),
            (full.middlebox(), MiddleboxCounters()),
            (report.faults[0], FaultTally(fault: 0)),
            (report.ledger[0], cell),
            (report.rows[0], row),
            (report.executed[0], interval),
            (report.harness, harness),
            (report.ranks[0], RankReport(fault: 0, ranks: [])),
            (orders, Orders()),
            (orders.thresholds[0], RankThreshold(fault: 0, rank: nil)),
            (full.join(), Join(agent: agent, incarnation: 0, build: "", pid: 0)),
            (full.assignment(), assignment),
        ]
        for pair in pairs { #expect(unset(pair.full, like: pair.blank) == [], "\(type(of: pair.full))") }
    }

    @Test func detectsWhatIsUnset() {
        var cut = Cut(second: 4)
        cut.stopped = 1
        #expect(unset(cut, like: Cut(second: 0)) == [".populations", ".waiting", ".attempts", ".attemptsDue"])
    }

    @Test func roundTripsOfFullValues() throws {
        var full = FullValues()
        let (report, orders, join, assignment) = (full.report(), full.orders(), full.join(), full.assignment())
        #expect(try ControlCodec.decodeReport(ControlCodec.encode(report)) == report)
        #expect(try ControlCodec.decodeOrders(ControlCodec.encode(orders)) == orders)
        #expect(try ControlCodec.decodeJoin(ControlCodec.encode(join)) == join)
        #expect(try ControlCodec.decodeAssignment(ControlCodec.encode(assignment)) == assignment)
    }

    @Test(arguments: AgentRole.allCases, AgentReport.Stage.allCases)
    func roundTripsOfBlankReports(role: AgentRole, stage: AgentReport.Stage) throws {
        let agent = AgentID(role: role, index: 0)
        let report = AgentReport(agent: agent, incarnation: 0, sequence: 0, stage: stage, harness: HarnessReport())
        #expect(try ControlCodec.decodeReport(ControlCodec.encode(report)) == report)
        #expect(try ControlCodec.decodeOrders(ControlCodec.encode(Orders())) == Orders())
    }

    /// Zero is a value, nil is none.
    @Test func nilAndZeroStayApart() throws {
        var orders = Orders()
        orders.t0 = .zero
        orders.thresholds = [RankThreshold(fault: 0, rank: 0), RankThreshold(fault: 0, rank: nil)]
        orders.executed = [ExecutedInterval(fault: 0, gateway: 0, start: .zero, end: .zero)]
        #expect(try ControlCodec.decodeOrders(ControlCodec.encode(orders)) == orders)
        var full = FullValues()
        var report = full.report()
        report.sessions = SessionCounters()
        report.sessions?.bytesPerSession = 0
        report.rows[0].cause = .injected
        report.rows[0].fault = 0
        report.rows[1].cause = nil
        report.rows[1].fault = nil
        report.failure = ""
        #expect(try ControlCodec.decodeReport(ControlCodec.encode(report)) == report)
    }

    @Test(arguments: Cause.allCases, Mechanism.allCases)
    func everyCauseAndMechanismSurvives(cause: Cause, mechanism: Mechanism) throws {
        let cell = LedgerCell(second: 1, gateway: 2, cause: cause, mechanism: mechanism, fault: nil, count: 3)
        #expect(try WireLedgerCell(cell).value() == cell)
    }

    @Test func limitsHoldBothWays() throws {
        var report = FullValues().blankReport
        report.cuts = (0...ControlLimits.cuts).map { Cut(second: Int32($0)) }
        let tooLong = ControlCodecError.tooLong(
            field: "report.cuts",
            count: ControlLimits.cuts + 1,
            limit: ControlLimits.cuts
        )
        #expect(throws: tooLong) { try ControlCodec.encode(report) }
        var wire = WireReport()
        wire.cuts = [WireCut](repeating: WireCut(), count: ControlLimits.cuts + 1)
        #expect(throws: tooLong) { try wire.value() }
        report.cuts.removeLast()
        #expect(try ControlCodec.decodeReport(ControlCodec.encode(report)) == report)
        report.failure = String(repeating: "x", count: ControlLimits.line + 1)
        #expect(throws: ControlCodecError.self) { try ControlCodec.encode(report) }
    }

    @Test func ranksMustAscend() throws {
        for ranks: [UInt32] in [[3, 3], [4, 3], [0, 9, 8]] {
            #expect(throws: ControlCodecError.self) { try WireRankReport(RankReport(fault: 0, ranks: ranks)) }
        }
        var wire = WireRankReport()
        wire.deltas = [7, .max]
        #expect(throws: ControlCodecError.self) { try wire.value() }
        wire.deltas = [7, 0]
        #expect(throws: ControlCodecError.self) { try wire.value() }
        wire.deltas = [0, 7, .max - 7]
        #expect(try wire.value().ranks == [0, 7, .max])
    }

    @Test func consecutiveRanksTakeAByteEach() throws {
        var report = FullValues().blankReport
        let empty = try ControlCodec.encode(report).count
        report.ranks = [RankReport(fault: 0, ranks: Array(1_000_000..<1_010_000))]
        #expect(try ControlCodec.encode(report).count - empty < 10_050)
    }

    @Test func brokenHistogramsAreRefused() throws {
        let changes: [(inout WireHistogram) -> Void] = [
            { $0.buckets[0] = .max },
            { $0.offset = .max },
            { $0.offset = .min },
            { $0.min = $0.max + 1 },
            { $0.max = .nan },
            { $0.buckets = [UInt64](repeating: 0, count: ControlLimits.buckets + 1) },
        ]
        var full = FullValues()
        let histogram = full.histogram()
        #expect(try WireHistogram(histogram).value() == histogram)
        for change in changes {
            var wire = try WireHistogram(histogram)
            change(&wire)
            #expect(throws: ControlCodecError.self) { try wire.value() }
        }
    }

    @Test func unknownKindsAndWrongListsAreRefused() throws {
        var wire = try WireReport(FullValues().blankReport)
        wire.stage = 4
        #expect(throws: ControlCodecError.invalid(field: "report.stage", found: "4")) { try wire.value() }
        wire.stage = 3
        wire.sessions = try WireSessionCounters(SessionCounters())
        wire.sessions.stopped.removeLast()
        let error = ControlCodecError.invalid(field: "sessions.stopped", found: "3 entries instead of 4")
        #expect(throws: error) { try wire.value() }
        var assignment = WireAssignment()
        assignment.gatewayPort = 65_536
        #expect(throws: ControlCodecError.invalid(field: "assignment.gatewayPort", found: "65536")) {
            try assignment.value()
        }
    }

    @Test func cutOffBytesAreRefused() throws {
        var full = FullValues()
        let bytes = try ControlCodec.encode(full.report())
        var refused = 0
        for length in stride(from: 1, to: bytes.count, by: 7) {
            do {
                _ = try ControlCodec.decodeReport(Array(bytes.prefix(length)))
            } catch {
                refused += 1
            }
        }
        // A prefix that ends between two fields is a message; with lists of a fixed length even few of those pass.
        #expect(refused > bytes.count / 7 * 9 / 10)
    }
}

extension FullValues {
    var blankReport: AgentReport {
        AgentReport(
            agent: AgentID(role: .gateway, index: 0),
            incarnation: 0,
            sequence: 1,
            stage: .joined,
            harness: HarnessReport()
        )
    }
}
