import HoldfastPlan
import Testing

/// What is wrong with expectations of a plan with one named event.
@Suite struct WrongExpectationTests {
    static let rows: [WrongPlan] = [
        WrongPlan(
            expect: "  - imbalance.maxOvermean at end < 1.3",
            "6:5: error: unknown metric `imbalance.maxOvermean`; expected a metric of the result; did you mean "
                + "imbalance.maxOverMean?"
        ),
        WrongPlan(
            expect: "  - imbalance < 1.3",
            "6:5: error: unknown metric `imbalance`; expected a metric of the result; did you mean "
                + "imbalance.maxOverMean?"
        ),
        WrongPlan(
            expect: "  - disconnects{phase=departure} == 0",
            "6:23: error: unknown phase `departure`; expected steady or departures; did you mean departures?"
        ),
        WrongPlan(
            expect: "  - disconnects{couse=unexplained} == 0",
            "6:17: error: unknown key `couse`; expected phase, gateway, group, cause, mechanism, reason, side, "
                + "fault or timer; did you mean cause?"
        ),
        WrongPlan(
            expect: "  - disconnects{cause=unexplaned} == 0",
            "6:23: error: unknown cause `unexplaned`; expected injected, consequence, scheduled or "
                + "unexplained; did you mean unexplained?"
        ),
        WrongPlan(
            expect: "  - disconnects{cause=collateral} == 0",
            "6:23: error: `collateral` is not available in this version; expected injected, consequence, "
                + "scheduled or unexplained"
        ),
        WrongPlan(
            expect: "  - sessions.stopped{reason=ended} == 0",
            "6:29: error: unknown reason `ended`; expected departed, gave-up or kicked"
        ),
        WrongPlan(
            expect: "  - connects.failed{gateway=1} == 0",
            "6:21: error: the key `gateway` on `connects.failed`; expected reason or group"
        ),
        WrongPlan(
            expect: "  - gateways.connections{gateway=2} == 0",
            "6:34: error: gateway `2`; expected a gateway from 0 to 1"
        ),
        WrongPlan(
            expect: "  - gateways.connections{gateway=01} == 0",
            "6:34: error: gateway `01`; expected a gateway from 0 to 1; did you mean 1?"
        ),
        WrongPlan(
            expect: "  - disconnects{fault=00} == 0",
            "6:23: error: fault `00`; expected a fault from 0 to 0; did you mean 0?"
        ),
        WrongPlan(
            expect: "  - gateways.connectionsAtEnd == 3",
            "6:5: error: `gateways.connectionsAtEnd` of more than one gateway; expected "
                + "`gateways.connectionsAtEnd{gateway=...}` with one value"
        ),
        WrongPlan(
            expect: "  - disconnects{fault=1} == 0",
            "6:23: error: fault `1`; expected a fault from 0 to 0"
        ),
        WrongPlan(
            expect: "  - disconnects p99 == 0",
            "6:17: error: the aggregate `p99` of `disconnects`, which is a counter; expected count or rate"
        ),
        WrongPlan(
            expect: "  - outageSeconds < 1s",
            "6:5: error: `outageSeconds` without an aggregate; expected count, min, max, mean, p50, p90, p99 or "
                + "p999"
        ),
        WrongPlan(
            expect: "  - outageSeconds p95 < 1s",
            "6:19: error: unknown word `p95`; expected count, rate, min, max, mean, p50, p90, p99, p999, at or "
                + "in; did you mean p90?"
        ),
        WrongPlan(
            expect: "  - imbalance.cv at 70s < 1",
            "6:21: error: `1m10s`; expected whole seconds from 0s to 1m, where cuts are taken"
        ),
        WrongPlan(
            expect: "  - imbalance.cv{phase=departures} at 5s < 1",
            "6:39: error: `5s` outside the phase; expected an instant within it"
        ),
        WrongPlan(
            expect: "  - imbalance.cv max at end < 1",
            "6:25: error: an instant beside an aggregate; expected one of the two"
        ),
        WrongPlan(
            expect: "  - disconnects = 0",
            "6:17: error: `=`; expected <, <=, >, >=, ==, != or in; did you mean ==?"
        ),
        WrongPlan(
            expect: "  - disconnects == 10s",
            "6:20: error: a value that is a duration for `disconnects`; expected a number"
        ),
        WrongPlan(
            expect: "  - disconnects == never",
            "6:20: error: a value that is never for `disconnects`; expected a number"
        ),
        WrongPlan(
            expect: "  - restore.seconds99 < never",
            "6:23: error: `<`; expected == or != before `never`"
        ),
        WrongPlan(
            expect: "  - imbalance.cv in 2..1",
            "6:21: error: a range that ends before it begins; expected the smaller end first"
        ),
        WrongPlan(
            expect: "  - imbalance.cv in 1.2",
            "6:24: error: the end; expected .. between the ends of a range"
        ),
        WrongPlan(
            expect: "  - detection p99 < 15s",
            "6:5: error: `detection`, which nothing in this plan can feed; expected a fault in the plan that "
                + "sessions can notice so"
        ),
        WrongPlan(
            expect: "  - heartbeats.sent == 0 0",
            "6:26: error: `0`; expected the end of the expectation"
        ),
        WrongPlan(
            expect: "  - disconnects == 1e",
            "6:20: error: `1e`; expected a number, duration, percentage, size or rate, never, true or false"
        ),
        WrongPlan(
            expect: "  - disconnects{cause=unexplained == 0",
            "6:35: error: `=`; expected a comma or a closing brace"
        ),
        WrongPlan(
            expect: "  - ",
            "6:4: error: nothing; expected an expectation such as `disconnects{cause=unexplained} == 0`"
        ),
        WrongPlan(
            expect: "  - \"disconnects  ==  x\"",
            "6:23: error: `x`; expected a number, duration, percentage, size or rate, never, true or false"
        ),
        WrongPlan(
            expect: "  - 3 == 3",
            "6:5: error: `3`; expected the name of a metric"
        ),
        WrongPlan(
            expect: "  - disconnects cont == 0",
            "6:17: error: unknown word `cont`; expected count, rate, min, max, mean, p50, p90, p99, p999, at or "
                + "in; did you mean count?"
        ),
        WrongPlan(
            expect: "  - [1]",
            "6:5: error: a list; expected an expectation such as `disconnects{cause=unexplained} == 0`"
        ),
        WrongPlan(
            expect: "  - disconnects.unexplained == 0",
            "6:5: error: unknown metric `disconnects.unexplained`; expected a metric of the result; did you mean "
                + "disconnects?"
        ),
        WrongPlan(
            expect: "  - detection.byCause p99 < 15s",
            "6:5: error: unknown metric `detection.byCause`; expected a metric of the result; did you mean "
                + "detection?"
        ),
        WrongPlan(
            expect: "  - >-\n    disconnects\n    = 0",
            "6:5: error: `=`; expected <, <=, >, >=, ==, != or in; did you mean ==?"
        ),
        WrongPlan(
            expect: "  - 'it''s = 0'",
            "6:5: error: `'`; expected <, <=, >, >=, ==, != or in"
        ),
    ]

    @Test(arguments: rows)
    func isRefusedWithOneLine(row: WrongPlan) { row.check() }
}
