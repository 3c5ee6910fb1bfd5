import Foundation

/// What `events.jsonl` holds, read back.
public struct RunEvents: Equatable, Sendable {
    /// Executed intervals, by time.
    public private(set) var faults: [FaultLine] = []
    /// The ledger's sample, by time.
    public private(set) var disconnects: [DisconnectLine] = []

    /// Reads the file's text; lines of a type that this version does not know are passed over.
    public init(text: String) throws(RunEventsError) {
        let decoder = JSONDecoder()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty {
            let data = Data(line.utf8)
            do {
                switch try decoder.decode(AnyLine.self, from: data).type {
                case FaultLine.type: faults.append(try decoder.decode(FaultLine.self, from: data))
                case DisconnectLine.type: disconnects.append(try decoder.decode(DisconnectLine.self, from: data))
                default: break
                }
            } catch {
                throw RunEventsError(line: index + 1)
            }
        }
    }

    private struct AnyLine: Codable {
        var type: String
    }
}

/// A line that no run wrote.
public struct RunEventsError: Error, Equatable, CustomStringConvertible {
    /// Which, from 1.
    public var line: Int

    /// The error at a line.
    public init(line: Int) { self.line = line }

    /// One line.
    public var description: String { "line \(line) is neither a fault nor a disconnect; expected what a run wrote" }
}
