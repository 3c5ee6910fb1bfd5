import HoldfastResult

/// How long things took, and what became of messages and requests.
extension ResultTables {
    /// How long faults went unnoticed, and how long sessions were out.
    func times() -> ReportTable {
        var rows: [[Cell]] = []
        for (kind, summary) in result.detection.byCause.sorted(by: { $0.key < $1.key }) where summary.count > 0 {
            rows.append(row("detection of \(kind)", summary))
        }
        for (name, summary) in result.detection.byMechanism.sorted(by: { $0.key < $1.key }) where summary.count > 0 {
            rows.append(row("detection by \(name)", summary))
        }
        if result.outageSeconds.count > 0 { rows.append(row("outage", result.outageSeconds)) }
        return ReportTable(
            title: "Detection and outage",
            explanation: "Detection is from a fault's onset to the session's knowledge, by kind of fault and by how "
                + "the session came to know; outage from the onset, or from the end where there is none, to the next "
                + "admission.",
            columns: [.text("", least: 20), .figure("count")] + ResultTables.quantiles,
            rows: rows
        )
    }

    /// What became of messages and requests; without rows where the plan has none.
    func workload() -> ReportTable {
        let (messages, requests) = (result.messages, result.requests)
        var rows: [[Cell]] = []
        func add(_ name: String, _ count: UInt64?, _ latency: LatencySummary? = nil) {
            guard let count else { return }
            let times = latency.map(ResultTables.figures) ?? ResultTables.quantiles.map { _ in Figures.unknown }
            rows.append([.plain(name), Figures.count(count)] + times)
        }
        add("messages pushed", messages.pushed)
        add("messages delivered", messages.delivered, messages.latencySeconds)
        add("messages delayed until a login", messages.delayed)
        add("messages lost", messages.lost)
        add("messages sent again", messages.wasted)
        add("messages received twice", messages.duplicated)
        add("messages on their way at the end", messages.pending)
        add("requests sent", requests.sent)
        add("requests answered", requests.answered, requests.latencySeconds)
        add("requests timed out", requests.timedOut)
        add("requests whose connection ended", requests.failed)
        add("requests without a connection", requests.unsent)
        add("requests on a dead connection", requests.onStaleConnection)
        return ReportTable(
            title: "Messages and requests",
            explanation: "Latency is from the intended time; real seconds.",
            columns: [.text("", least: 20), .figure("count")] + ResultTables.quantiles,
            rows: rows
        )
    }

    private static let quantiles: [ReportTable.Column] = [
        .figure("min"), .figure("p50"), .figure("p90"), .figure("p99"), .figure("max"),
    ]

    private func row(_ name: String, _ summary: LatencySummary) -> [Cell] {
        [.plain(name), Figures.count(summary.count)] + ResultTables.figures(summary)
    }

    private static func figures(_ summary: LatencySummary) -> [Cell] {
        [summary.min, summary.p50, summary.p90, summary.p99, summary.max].map(Figures.seconds)
    }
}
