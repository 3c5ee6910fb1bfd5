import Foundation
import HoldfastCore
import HoldfastPlan

/// `events.jsonl`: the executed faults and the sample of the ledger, one JSON object a line, by time.
///
/// Times are plan seconds since t0. Keys whose value is not known are null.
public enum EventLines {
    /// The file's text; empty when nothing happened.
    public static func text(plan: Plan, measurements: RunMeasurements) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var lines: [(at: Double, text: String)] = []
        if let clock = measurements.clock {
            for interval in measurements.executed where plan.timeline.indices.contains(interval.fault) {
                let line = FaultLine(interval, event: plan.timeline[interval.fault], clock: clock)
                lines.append((line.at, String(decoding: try encoder.encode(line), as: UTF8.self)))
            }
        }
        for row in measurements.rows {
            let line = DisconnectLine(row, timeScale: plan.timeScale)
            lines.append((line.at, String(decoding: try encoder.encode(line), as: UTF8.self)))
        }
        // The text breaks ties, so that the file does not depend on the order in which reports arrived.
        lines.sort { ($0.at, $0.text) < ($1.at, $1.text) }
        return lines.map { $0.text + "\n" }.joined()
    }
}
