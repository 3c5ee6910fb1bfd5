import HoldfastCore
import HoldfastResult

/// One session's life, as far as the sample of a run's ledger tells it.
///
/// Every instant is in plan seconds since t0.
public struct SessionTrace: Codable, Equatable, Sendable {
    /// The session.
    public var session: SessionID
    /// Which run.
    public var plan: String
    /// Whether it really happened.
    public var mode: RunMode
    /// The seed of every draw.
    public var seed: UInt64
    /// How much of the ledger the sample holds.
    public var coverage: Coverage
    /// Its connections that ended, by ordinal.
    public var connections: [Connection]

    /// How much of the ledger the sample holds.
    public struct Coverage: Codable, Equatable, Sendable {
        /// Disconnects in the sample.
        public var rows: UInt64
        /// All disconnects of the run, establishing included; null where the result does not say.
        @OrNull public var disconnects: UInt64?

        /// Whether every disconnect is in the sample: then a life is told whole.
        public var isComplete: Bool { disconnects == rows }
    }

    /// One connection, from its admission to its end.
    public struct Connection: Codable, Equatable, Sendable {
        /// Attempts of this session before it.
        public var ordinal: Ordinal
        /// Attempts since the end before it, or since the beginning, that did not become a connection of this list.
        public var attemptsBetween: Ordinal
        /// The gateway that it was admitted on.
        public var gateway: GatewayID
        /// From where to where it went.
        public var tuple: String
        /// When it was admitted.
        public var admittedAt: Double
        /// From the end before it to its admission; null for the first.
        @OrNull public var backAfterSeconds: Double?
        /// Whether it is known that no connection was in between.
        public var isNextOne: Bool
        /// Its end.
        public var end: End
    }

    /// How a connection ended.
    public struct End: Codable, Equatable, Sendable {
        /// When the session knew.
        public var at: Double
        /// How it came to know.
        public var mechanism: String
        /// Who is held responsible; null where that was never decided.
        @OrNull public var cause: String?
        /// The fault's index in the timeline.
        @OrNull public var fault: Int?
        /// What the fault does in a few words.
        @OrNull public var label: String?
        /// From the fault's first effect, on this gateway where it has one of its own, to the session's knowledge.
        @OrNull public var sinceFaultSeconds: Double?
        /// From the last byte received to the session's knowledge.
        public var silenceSeconds: Double
    }

    /// What became of a question for one session.
    public enum Answer: Equatable, Sendable {
        /// Its life; without connections where the sample is complete and none of them ended.
        case life(SessionTrace)
        /// The sample has no end of it, but not every end is in the sample; sessions that are, nearest first.
        case notSampled(Coverage, nearest: [SessionID])
        /// The run has no such session.
        case unknown(asked: Int)
    }

    /// Sessions that are named where the one asked for is not in the sample.
    static let nearestCount = 5

    /// Tells the life of `session` in the run that came to `result` and wrote `events`.
    public static func answer(_ session: SessionID, _ result: RunResult, _ events: RunEvents) -> Answer {
        let ends = result.disconnects.total.map { $0 + (result.disconnects.whileEstablishing ?? 0) }
        let coverage = Coverage(rows: UInt64(events.disconnects.count), disconnects: ends)
        let rows = events.disconnects.filter { $0.session == session }.sorted { $0.ordinal < $1.ordinal }
        if rows.isEmpty {
            guard Int(session) < result.sessions.asked else { return .unknown(asked: result.sessions.asked) }
            guard coverage.isComplete else { return .notSampled(coverage, nearest: nearest(to: session, events)) }
        }
        var trace = SessionTrace(
            session: session,
            plan: result.plan.name,
            mode: result.mode,
            seed: result.seed,
            coverage: coverage,
            connections: []
        )
        for row in rows { trace.add(row, events.faults) }
        return .life(trace)
    }

    private mutating func add(_ row: DisconnectLine, _ faults: [FaultLine]) {
        let before = connections.last
        let attempts = before.map { max(row.ordinal, $0.ordinal + 1) - $0.ordinal - 1 } ?? row.ordinal
        let fault = SessionTrace.onset(of: row, faults)
        connections.append(
            Connection(
                ordinal: row.ordinal,
                attemptsBetween: attempts,
                gateway: row.gateway,
                tuple: row.tuple,
                admittedAt: row.admittedAt,
                backAfterSeconds: before.map { row.admittedAt - $0.end.at },
                isNextOne: attempts == 0 || coverage.isComplete,
                end: End(
                    at: row.at,
                    mechanism: row.mechanism,
                    cause: row.cause,
                    fault: row.fault,
                    label: faults.first { $0.fault == row.fault }?.label,
                    sinceFaultSeconds: fault.map { row.at - $0.at },
                    silenceSeconds: row.at - row.lastProofOfLife
                )
            )
        )
    }

    /// The last execution of the row's fault that began before the session knew: on its gateway if there is one.
    private static func onset(of row: DisconnectLine, _ faults: [FaultLine]) -> FaultLine? {
        let begun = faults.filter { $0.fault == row.fault && $0.at <= row.at }
        let own = begun.filter { $0.gateway == row.gateway }
        return (own.isEmpty ? begun : own).max { $0.at < $1.at }
    }

    private static func nearest(to session: SessionID, _ events: RunEvents) -> [SessionID] {
        let others = Set(events.disconnects.map(\.session))
        let byDistance = others.sorted { (distance($0, session), $0) < (distance($1, session), $1) }
        return byDistance.prefix(nearestCount).sorted()
    }

    private static func distance(_ one: SessionID, _ other: SessionID) -> SessionID {
        one < other ? other - one : one - other
    }
}
