import HoldfastResult

/// The tables of a report, drawn up once for terminal, Markdown and HTML.
struct ResultTables {
    typealias Cell = ReportTable.Cell

    let result: RunResult

    /// Who has how many connections, beside the mean.
    func gateways(limit: Int = .max) -> ReportTable {
        let known = result.gateways.compactMap(\.connectionsAtEnd)
        let serving = result.gateways.filter { $0.inServiceAtEnd ?? false }.compactMap(\.connectionsAtEnd)
        let mean = serving.isEmpty ? 0 : Double(serving.reduce(0, +)) / Double(serving.count)
        let largest = Double(known.max() ?? 0)
        var table = ReportTable(
            title: "Gateways at the end",
            explanation: "Connections by the sessions' own account; the gateway's own count beside it.",
            columns: [
                .text("gateway"), .text(""), .figure("connections"), .figure("of mean"), .figure("peak"),
                .figure("own count"), .figure("accepts/s", isOptional: true), .text("state"),
            ],
            rows: []
        )
        for gateway in chosenGateways(limit: limit) {
            let open = gateway.connectionsAtEnd
            let isServing = gateway.inServiceAtEnd ?? true
            table.rows.append([
                .plain(gateway.name),
                Cell(
                    text: "",
                    tone: isServing ? .normal : .dim,
                    bar: open.map { largest > 0 ? Double($0) / largest : 0 }
                ),
                Figures.count(open),
                isServing && mean > 0 ? Figures.ratio(open.map { Double($0) / mean }) : Figures.unknown,
                Figures.count(gateway.connectionsPeak),
                ownCount(of: gateway),
                Figures.count(gateway.acceptsPeakPerSecond.map { UInt64($0) }),
                state(of: gateway),
            ])
        }
        let left = result.gateways.count - table.rows.count
        if left > 0 { table.explanation += " \(left) gateways in between are left out." }
        return table
    }

    /// What each event did to the balance.
    func events() -> ReportTable {
        ReportTable(
            title: "Imbalance before and after each event",
            explanation: "Connections of the busiest gateway in service over their mean; 1 is even.",
            columns: [
                .figure("#"), .figure("at"), .text("event", least: 12), .figure("before"), .figure("worst"),
                .figure("after"), .figure("random"), .figure("balanced after"),
            ],
            rows: result.faults.map { fault in
                [
                    .plain("\(fault.index)"),
                    Figures.seconds(fault.at),
                    .plain(fault.label),
                    Figures.ratio(fault.maxOverMeanBefore),
                    Figures.ratio(fault.maxOverMeanWorst),
                    Figures.ratio(fault.maxOverMeanAfter),
                    Figures.ratio(fault.randomMaxOverMean),
                    rebalanced(fault),
                ]
            }
        )
    }

    /// What each event did to its victims.
    func recoveries() -> ReportTable {
        ReportTable(
            title: "Victims and their way back",
            explanation: "From the event to the session's knowledge, and to its next admission.",
            columns: [
                .figure("#"), .text("event", least: 12), .figure("victims"), .figure("left", isOptional: true),
                .figure("noticed after"), .figure("outage p50"), .figure("p99"), .figure("all back"),
            ],
            rows: result.faults.map { fault in
                [
                    .plain("\(fault.index)"),
                    .plain(fault.label),
                    Figures.count(fault.victims),
                    Figures.count(fault.departed),
                    fault.detection.count == 0 ? Figures.unknown : Figures.range(fault.detection),
                    Figures.seconds(fault.outage.p50),
                    Figures.seconds(fault.outage.p99),
                    allBack(fault),
                ]
            }
        )
    }

    /// Every disconnect with its cause, by how the sessions came to know.
    func ledger() -> ReportTable {
        let mechanisms = result.disconnects.byMechanism.compactMap { $1 ?? 0 > 0 ? $0 : nil }.sorted()
        var groups: [LedgerGroup] = []
        for line in result.disconnects.ledger {
            let group = groups.firstIndex { $0.fault == line.fault && $0.cause == line.cause }
            let place = group ?? groups.endIndex
            if group == nil { groups.append(LedgerGroup(fault: line.fault, cause: line.cause)) }
            groups[place].counts[line.mechanism, default: 0] += line.count
        }
        return ReportTable(
            title: "Ledger of disconnects",
            explanation: "Who is held responsible, by how the sessions came to know." + inferredIdleTimeouts,
            columns: [.text("cause"), .text("event", least: 12)] + mechanisms.map { .figure($0) } + [
                .figure("total")
            ],
            rows: groups.map { group in
                [
                    Cell(text: group.cause, tone: group.cause == "unexplained" ? .bad : .normal),
                    group.fault.map { .plain("\($0) \(label(ofFault: $0))") } ?? Figures.unknown,
                ] + mechanisms.map { Figures.count(group.counts[$0]) }
                    + [Figures.count(group.counts.values.reduce(0, +))]
            }
        )
    }

    /// What the silence before the ends says of the way, as sentences.
    private var inferredIdleTimeouts: String {
        (result.inferredIdleTimeouts ?? []).map { timeout in
            let seconds = Readable.fixed(timeout.seconds, decimals: 1)
            return " \(Readable.count(timeout.count)) ended by \(timeout.end) after \(seconds) s of silence each:"
                + " something on the way has an idle timeout of that."
        }.joined()
    }

    /// What had to hold.
    func expectations() -> ReportTable {
        ReportTable(
            title: "Expectations",
            columns: [
                .text(""), .text("expectation", least: 48), .figure("value"), .text("outcome"),
                .text("domain", isOptional: true),
            ],
            rows: result.expectations.map { expectation in
                [
                    Cell(text: expectation.outcome.mark, tone: expectation.outcome.tone),
                    .plain(expectation.expression),
                    expectation.value.map { .plain(Readable.value($0, unit: expectation.unit)) } ?? Figures.unknown,
                    Cell(text: expectation.outcome.rawValue, tone: expectation.outcome.tone),
                    Cell(
                        text: expectation.isDefault ? "\(expectation.domain), by default" : expectation.domain,
                        tone: .dim
                    ),
                ]
            }
        )
    }

    /// The phases of the run.
    func phases() -> ReportTable {
        ReportTable(
            title: "Imbalance by phase",
            explanation:
                "Busiest over mean at the worst cut and the last one; dispersion 1 is as uneven as random placement.",
            columns: [
                .text("phase"), .figure("from"), .figure("worst"), .figure("at end"), .figure("dispersion"),
                .figure("must move"), .figure("balanced after"),
            ],
            rows: result.imbalance.phases.map { phase in
                [
                    .plain(phase.name),
                    Figures.seconds(phase.startSeconds),
                    Figures.ratio(phase.worst.maxOverMean),
                    Figures.ratio(phase.atEnd.maxOverMean),
                    Figures.ratio(phase.atEnd.dispersion),
                    phase.atEnd.hoover.map { Figures.percent($0, of: 1) } ?? Figures.unknown,
                    duration(
                        phase.secondsToRebalance,
                        isKnown: phase.worst.maxOverMean != nil,
                        neverLeft: "never left"
                    ),
                ]
            }
        )
    }

    /// The processes of the run.
    func processes() -> ReportTable {
        ReportTable(
            title: "Processes",
            columns: [
                .text("process"), .figure("pid"), .figure("memory peak"), .figure("descriptors"), .figure("CPU"),
                .figure("wait for a CPU p99"), .figure("never idle for"), .figure("batches lost"), .text("state"),
            ],
            rows: result.harness.processes.map { process in
                [
                    .plain(process.name),
                    process.pid.map { .plain("\($0)") } ?? Figures.unknown,
                    Figures.bytes(process.rssPeakBytes.map { Double($0) }),
                    Figures.count(process.fdsPeak),
                    Figures.seconds(process.cpuSeconds),
                    Figures.seconds(process.cpuWaitP99Seconds),
                    Figures.seconds(process.cpuSaturatedSeconds),
                    Figures.count(process.metricBatchesLost),
                    process.lost ? Cell(text: "lost", tone: .bad) : "ended well",
                ]
            }
        )
    }
}

extension ResultTables {
    /// Of many gateways the busiest and the idlest.
    private func chosenGateways(limit: Int) -> [GatewayResult] {
        guard result.gateways.count > limit else { return result.gateways }
        let sorted = result.gateways.sorted { ($0.connectionsAtEnd ?? 0, $1.id) > ($1.connectionsAtEnd ?? 0, $0.id) }
        return sorted.prefix((limit + 1) / 2) + sorted.suffix(limit / 2)
    }

    private func ownCount(of gateway: GatewayResult) -> Cell {
        guard let own = gateway.ownConnectionsAtEnd else { return Cell(text: "no answer", tone: .warning) }
        let agrees = gateway.connectionsAtEnd == own
        return Cell(text: Readable.count(own), tone: agrees ? .normal : .warning)
    }

    private func state(of gateway: GatewayResult) -> Cell {
        guard let isServing = gateway.inServiceAtEnd else { return Figures.unknown }
        return isServing ? "in service" : Cell(text: "stopped", tone: .warning)
    }

    private func rebalanced(_ fault: FaultResult) -> Cell {
        duration(fault.secondsToRebalance, isKnown: fault.maxOverMeanWorst != nil, neverLeft: "not needed")
    }

    private func duration(_ seconds: Double?, isKnown: Bool, neverLeft: String) -> Cell {
        guard isKnown else { return Figures.unknown }
        guard let seconds else { return Cell(text: "never", tone: .bad) }
        return seconds == 0 ? Cell(text: neverLeft, tone: .dim) : Figures.seconds(seconds)
    }

    private func allBack(_ fault: FaultResult) -> Cell {
        guard let victims = fault.victims, victims > (fault.departed ?? 0) else { return Figures.unknown }
        guard let seconds = fault.restore.seconds100 else { return Cell(text: "never", tone: .bad) }
        return Figures.seconds(seconds)
    }

    private func label(ofFault index: Int) -> String {
        result.faults.indices.contains(index) ? result.faults[index].label : ""
    }
}

/// One line of the ledger's table.
private struct LedgerGroup {
    var fault: Int?
    var cause: String
    var counts: [String: UInt64] = [:]
}

extension ExpectationResult.Outcome {
    var mark: String {
        switch self {
        case .pass: "✓"
        case .fail: "✗"
        case .invalid: "!"
        case .noData: "?"
        }
    }

    var tone: ReportTable.Tone {
        switch self {
        case .pass: .good
        case .fail: .bad
        case .invalid, .noData: .warning
        }
    }
}
