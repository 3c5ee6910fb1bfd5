import HoldfastPlan
import Testing

/// What is wrong with single sections of a plan.
@Suite struct WrongValueTests {
    static let rows: [WrongPlan] = [
        WrongPlan(
            after: "durations: 10s",
            "4:1: error: unknown key `durations`; expected duration, sessions, defaults, variants, heartbeat, churn, "
                + "workers, timeline or another of WritingPlans.md; did you mean duration?"
        ),
        WrongPlan(
            after: "faults: kernel",
            "4:1: error: `faults` is not available in this version; expected \(roots)"
        ),
        WrongPlan(
            after: "timeScale: 0",
            "4:12: error: `0`; expected a number from 0.001 to 100000"
        ),
        WrongPlan(
            after: "timeScale: 1e-300",
            "4:12: error: `1e-300`; expected a number from 0.001 to 100000"
        ),
        WrongPlan(
            after: "timeScale: 0.00099",
            "4:12: error: `0.00099`; expected a number from 0.001 to 100000"
        ),
        WrongPlan(
            after: "seed: 9007199254740992",
            "4:7: error: `9007199254740992`; expected a whole number from 0 to 9007199254740991; did you mean "
                + "9007199254740991?"
        ),
        WrongPlan(
            after: "duration: 10 s",
            "4:11: error: `10 s`; expected a duration in whole seconds such as 10s or 4m30s, at least 1s; did "
                + "you mean 10s?"
        ),
        WrongPlan(
            after: "duration: 1:30",
            "4:11: error: `1:30`; expected a duration in whole seconds such as 10s or 4m30s, at least 1s; did "
                + "you mean 1m30s?"
        ),
        WrongPlan(
            after: "duration: 1500ms",
            "4:11: error: `1500ms`; expected a duration in whole seconds such as 10s or 4m30s, at least 1s"
        ),
        WrongPlan(
            after: "duration: -5s",
            "4:11: error: `-5s`; expected a duration in whole seconds such as 10s or 4m30s, at least 1s"
        ),
        WrongPlan(
            after: "establish: { rate: 1000/s }\nconnect: { rateLimit: 1/s }",
            "4:12: error: 100 sessions at 1/s, which takes 100s; expected `establish` to finish within its "
                + "timeout of 1m"
        ),
        WrongPlan(
            after: "heartbeat: { preset: article-3x6 }",
            "4:22: error: unknown preset `article-3x6`; expected article-3x5, article-60x3, mars-old, whatsapp-30s, "
                + "discord, enterprise, mars, mqtt or another of WritingPlans.md; did you mean article-3x5?"
        ),
        WrongPlan(
            after: "heartbeat: { strategy: adaptive, interval: 30s }",
            "4:34: error: `interval` beside `strategy: adaptive`; expected `minimum` and `maximum`"
        ),
        WrongPlan(
            after: "heartbeat: { strategy: adaptive, minimum: 300s, maximum: 310s }",
            "4:58: error: a maximum of 5m10s less its margin; expected at least the minimum of 5m"
        ),
        WrongPlan(
            after: "heartbeat: { strategy: fixed, probes: 3 }",
            "4:31: error: `probes` beside `strategy: fixed`; expected `strategy: tcp-keepalive`"
        ),
        WrongPlan(
            after: "heartbeat: { strategy: server, misses: 3 }",
            "4:12: error: no key `timeout`; expected `misses` and `timeout` together",
            "4:32: error: `misses` beside `strategy: server`; expected `silence`"
        ),
        WrongPlan(
            after: "heartbeat: { strategy: bidirectional, interval: 10s..20s }",
            "4:49: error: a range of intervals beside `strategy: bidirectional`, where the gateway beats; expected one"
                + " interval"
        ),
        WrongPlan(
            after: "heartbeat: { strategy: reported, misses: 5, timeout: 3s }",
            "4:34: error: `misses` beside `strategy: reported`; expected `silence`",
            "4:45: error: `timeout` beside `strategy: reported`; expected `silence`"
        ),
        WrongPlan(
            after: "heartbeat: { preset: article-3x5, interval: 3s }",
            "4:35: error: `interval` beside `preset`; expected a preset alone, or with `first`"
        ),
        WrongPlan(
            after: "heartbeat: { strategy: off }",
            "4:24: error: unknown name `off`; expected none, adaptive, bidirectional, fixed, idle, piggyback, "
                + "reported, server, tcp-keepalive or third-party"
        ),
        WrongPlan(
            after: "heartbeat: { interval: 3s, silence: 15s, misses: 5, timeout: 3s }",
            "4:28: error: `silence` beside `misses`; expected one rule of detection"
        ),
        WrongPlan(
            after: "heartbeat: { interval: 3s, misses: 5 }",
            "4:12: error: no key `timeout`; expected `misses` and `timeout` together"
        ),
        WrongPlan(
            after: "heartbeat: { interval: 3s, misses: 256, timeout: 3s }",
            "4:36: error: `256`; expected a whole number from 1 to 255; did you mean 255?"
        ),
        WrongPlan(
            after: "heartbeat: { interval: 3s, misses: 5, timeout: 4s }",
            "4:48: error: a timeout of 4s with an interval of 3s; expected at most one interval"
        ),
        WrongPlan(
            after: "heartbeat: { payload: 200 }",
            "4:23: error: `200`; expected a size such as 200B or 4KiB, at most 16380B; did you mean 200B?"
        ),
        WrongPlan(
            after: "reconnect: { policy: exponential, base: 2s, cap: 1s }",
            "4:50: error: a cap of 1s below the base of 2s; expected at least the base"
        ),
        WrongPlan(
            after: "reconnect: { policy: fixed, base: 1s }",
            "4:29: error: `base` beside `policy: fixed`; expected `policy: exponential`"
        ),
        WrongPlan(
            after: "reconnect: { jitter: proportionate }",
            "4:22: error: unknown name `proportionate`; expected none, full, equal, decorrelated or proportional; "
                + "did you mean proportional?"
        ),
        WrongPlan(
            after: "reconnect: { preset: grcp }",
            "4:22: error: unknown preset `grcp`; expected grpc, mars, nats, phoenix or websocket; did you mean grpc?"
        ),
        WrongPlan(
            after: "reconnect: { preset: grpc, base: 1s }",
            "4:28: error: `base` beside `preset`; expected limits and `onFailure` beside a preset"
        ),
        WrongPlan(
            after: "reconnect: { policy: table, table: [] }",
            "4:36: error: an empty list; expected a list of waits such as [1s, 2s, 5s]"
        ),
        WrongPlan(
            after: "reconnect: { policy: table }",
            "4:12: error: no key `table`; expected the list of waits"
        ),
        WrongPlan(
            after: "reconnect: { jitter: decorrelated, factor: 3 }",
            "4:36: error: `factor` beside `jitter: decorrelated`; expected the jitter's own growth"
        ),
        WrongPlan(
            after: "reconnect: { quarantine: 1m }",
            "4:26: error: `quarantine` with `via: embedded`, where no session picks its gateway; expected `via: client`"
        ),
        WrongPlan(
            after: "heartbeat: { interval: 12m..4m }",
            "4:24: error: `12m..4m`; expected a duration such as 10s or 4m30s, or a range of them such as 4m..12m, "
                + "at least 1ms"
        ),
        WrongPlan(
            after: "churn: { lifetime: { distribution: expnential, mean: 10m } }",
            "4:36: error: unknown name `expnential`; expected exponential or fixed; did you mean exponential?"
        ),
        WrongPlan(after: "churn: { lifetime: {} }", "4:20: error: no key `mean`; expected the mean lifetime"),
        WrongPlan(after: "churn: {}", "4:8: error: no key `lifetime`; expected how long connections live"),
        WrongPlan(
            after: "churn: { lifetime: { mean: 0s } }",
            "4:28: error: `0s`; expected a duration such as 10s or 4m30s, at least 1ms"
        ),
        WrongPlan(
            after: "establish: { rate: 500 }",
            "4:20: error: `500`; expected a rate such as 500/s; did you mean 500/s?"
        ),
        WrongPlan(
            after: "establish: { rate: 1/s, timeout: 10s }",
            "4:12: error: 100 sessions at 1/s, which takes 100s; expected `establish` to finish within its "
                + "timeout of 10s"
        ),
        WrongPlan(
            after: "workers: 101",
            "4:10: error: 101 workers for 100 sessions; expected at most one worker a session"
        ),
        WrongPlan(
            after: "excludedPorts: [80, 70000]",
            "4:21: error: `70000`; expected a port from 1 to 65535; did you mean 65535?"
        ),
        WrongPlan(
            after: "rebalance: { band: 10 }",
            "4:20: error: `10`; expected a fraction such as 0.8 or 80%, above 0, at most 1; did you mean 10%?"
        ),
        WrongPlan(
            after: "defaults: [unexplaind]",
            "4:12: error: unknown name `unexplaind`; expected admitted, unexplained, census or flat; did you mean "
                + "unexplained?"
        ),
        WrongPlan(
            after: "heartbeat: { strategy: none }\nexpect: [heartbeats.sent > 0]",
            "5:10: error: `heartbeats.sent`, which nothing in this plan can feed; expected a plan with a "
                + "heartbeat"
        ),
        WrongPlan(
            after: "expect: [faults.victims == 0]",
            "4:10: error: `faults.victims`, which nothing in this plan can feed; expected a plan with a fault"
        ),
        WrongPlan(
            after: "expect: [requests.timedOut == 0]",
            "4:10: error: `requests.timedOut`, which nothing in this plan can feed; expected a plan with "
                + "`workload.request`"
        ),
        WrongPlan(
            after: "workload: {}",
            "4:11: error: a workload without work; expected `push` or `request`"
        ),
        WrongPlan(
            after: "workload: { push: { rate: 5/s, every: 3s } }",
            "4:32: error: `every` beside `rate`; expected one of the two"
        ),
        WrongPlan(
            after: "workload: { push: { size: 5B } }",
            "4:19: error: no key `every`; expected `rate` or `every`: how often each session gets a message"
        ),
        WrongPlan(
            after: "workload: { push: { rate: 2000/s } }",
            "4:27: error: `2000/s`; expected at most 1000/s for each session"
        ),
        WrongPlan(
            after: "workload: { push: { every: 5s, receipts: false, retries: 2 } }",
            "4:49: error: `retries` beside `receipts: false`; expected receipts, without which nothing is sent again"
        ),
        WrongPlan(
            after: "workload: { request: { timeout: 5s } }",
            "4:22: error: no key `every`; expected how often each session asks"
        ),
        WrongPlan(
            after: "timeScale: 40000",
            "4:12: error: a heartbeat every 30s with this time scale; expected at least 1ms between heartbeats"
        ),
    ]

    @Test(arguments: rows)
    func isRefusedWithOneLine(row: WrongPlan) { row.check() }
}
