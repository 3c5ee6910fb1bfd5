import HoldfastCore
import HoldfastResult
import Testing

@testable import HoldfastReport

@Suite("A session's life")
struct TraceTests {
    /// Session 7 is frozen out, comes back with its third attempt, and is restarted on another gateway.
    private static let lines = """
        {"at":2,"end":20,"fault":0,"gateway":1,"kind":"freeze","label":"freeze gateway 1","type":"fault"}
        {"at":30,"end":40,"fault":1,"gateway":0,"kind":"kill","label":"kill all","type":"fault"}
        {"at":50,"end":60,"fault":1,"gateway":2,"kind":"kill","label":"kill all","type":"fault"}
        {"admittedAt":-1,"at":14,"cause":"consequence","fault":0,"gateway":1,"lastProofOfLife":-0.5,\
        "mechanism":"heartbeat","ordinal":0,"session":7,"tuple":"a>b","type":"disconnect"}
        {"admittedAt":16.5,"at":50.25,"cause":"consequence","fault":1,"gateway":2,"lastProofOfLife":49.25,\
        "mechanism":"reset","ordinal":3,"session":7,"tuple":"c>d","type":"disconnect"}
        {"admittedAt":51,"at":70,"cause":"unexplained","fault":null,"gateway":0,"lastProofOfLife":70,\
        "mechanism":"fin","ordinal":4,"session":7,"tuple":"e>f","type":"disconnect"}
        {"admittedAt":0,"at":71,"cause":"scheduled","fault":null,"gateway":0,"lastProofOfLife":71,\
        "mechanism":"local","ordinal":2,"session":20,"tuple":"g>h","type":"disconnect"}
        {"at":80,"type":"of-tomorrow"}

        """

    private func answer(
        _ session: SessionID,
        disconnects: UInt64?,
        lines: String = lines
    ) throws -> SessionTrace.Answer {
        var result = SampleRuns.quickstart.result
        result.sessions.asked = 100
        result.disconnects.total = disconnects
        result.disconnects.whileEstablishing = 0
        return SessionTrace.answer(session, result, try RunEvents(text: lines))
    }

    private func life(_ session: SessionID, disconnects: UInt64?) throws -> SessionTrace {
        guard case .life(let trace) = try answer(session, disconnects: disconnects) else {
            throw NoLife()
        }
        return trace
    }

    private struct NoLife: Error {}

    @Test("Detection counts from the onset on the session's own gateway, the return from the end before")
    func spans() throws {
        let connections = try life(7, disconnects: 4).connections
        #expect(connections.map(\.ordinal) == [0, 3, 4])
        #expect(connections.map(\.backAfterSeconds) == [nil, 2.5, 0.75])
        #expect(connections.map(\.attemptsBetween) == [0, 2, 0])
        #expect(connections.map(\.end.sinceFaultSeconds) == [12, 0.25, nil])
        #expect(connections.map(\.end.silenceSeconds) == [14.5, 1, 0])
        #expect(connections.map(\.end.label) == ["freeze gateway 1", "kill all", nil])
    }

    @Test(
        "Attempts between two ends failed only where no end can be missing",
        arguments: [(4, true), (5, false), (nil, false)] as [(UInt64?, Bool)]
    )
    func nextOnes(disconnects: UInt64?, isKnown: Bool) throws {
        #expect(try life(7, disconnects: disconnects).connections.map(\.isNextOne) == [true, isKnown, true])
        #expect(try life(20, disconnects: disconnects).connections.map(\.isNextOne) == [isKnown])
    }

    @Test("A session without an end has a life only where the sample is complete")
    func missing() throws {
        #expect(try life(8, disconnects: 4).connections == [])
        let coverage = SessionTrace.Coverage(rows: 4, disconnects: 5)
        #expect(try answer(8, disconnects: 5) == .notSampled(coverage, nearest: [7, 20]))
        #expect(
            TraceText.notSampled(8, coverage, nearest: [7, 20])
                == "session 8 is not in the sample, which holds 4 of 5 disconnects of the run; "
                + "expected one that is there, such as 7, 20"
        )
        #expect(try answer(99, disconnects: 5) == .notSampled(coverage, nearest: [7, 20]))
        #expect(try answer(100, disconnects: 5) == .unknown(asked: 100))
        #expect(try answer(100, disconnects: 4) == .unknown(asked: 100))
    }

    @Test("The nearest five are named, by number")
    func nearest() throws {
        let lines = [90, 1, 41, 43, 60, 38, 52].map { session in
            """
            {"admittedAt":0,"at":1,"cause":"scheduled","fault":null,"gateway":0,"lastProofOfLife":1,"mechanism":"fin",\
            "ordinal":0,"session":\(session),"tuple":"","type":"disconnect"}
            """
        }
        let found = try answer(42, disconnects: 1_000, lines: lines.joined(separator: "\n"))
        let coverage = SessionTrace.Coverage(rows: 7, disconnects: 1_000)
        #expect(found == .notSampled(coverage, nearest: [38, 41, 43, 52, 60]))
    }

    @Test("A line that no run wrote is named")
    func wrongLines() {
        let disconnect = "{\"type\":\"disconnect\",\"at\":1}"
        for (text, line) in [("{}", 1), ("\n{\"type\":\"fault\"}", 2), (disconnect, 1), ("x", 1)] {
            #expect(throws: RunEventsError(line: line)) { try RunEvents(text: text) }
        }
    }

    @Test("Lives are what was recorded")
    func recorded() throws {
        let lives: [(SessionID, UInt64)] = [(7, 4), (7, 1_000), (20, 5), (8, 4)]
        let texts = try lives.map { TraceText.text(try life($0, disconnects: $1), style: .plain) }
        try Snapshot.expect(texts.joined(separator: "\n"), is: "trace.txt")
    }
}
