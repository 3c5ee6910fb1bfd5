import HoldfastPlan
import Testing

/// What is wrong with timeline events.
@Suite struct WrongTimelineTests {
    private static let actions = "drop, freeze, kill, restart, rollingRestart"
    private static let others = "or another of WritingPlans.md"
    private static let lasting =
        "freeze, kill, crash, stall, overload, partition, loss, delay or another of WritingPlans.md"

    static let rows: [WrongPlan] = [
        WrongPlan(
            events: "  - { at: 10s, drop: { gateway: 2 } }",
            "5:33: error: `2`; expected a gateway from 0 to 1; did you mean 1?"
        ),
        WrongPlan(
            events: "  - { at: 70s, drop: { gateway: 1 } }",
            "5:11: error: an event at 1m10s in a run of 1m; expected an event before the end"
        ),
        WrongPlan(
            events: "  - { drop: { gateway: 1 } }",
            "5:5: error: no key `at`; expected when it happens"
        ),
        WrongPlan(
            events: "  - { at: 10s }",
            "5:5: error: an event without an action; expected exactly one of \(actions), kick, resume, "
                + "registry \(others)"
        ),
        WrongPlan(
            events: "  - { at: 10s, drop: {}, kill: { gateway: 0 } }",
            "5:26: error: a second action `kill` in one event; expected exactly one action"
        ),
        WrongPlan(
            events: "  - { at: 10s, dorp: { gateway: 1 } }",
            "5:16: error: unknown key `dorp`; expected drop, for, loss, at, kill, kick, delay, drain \(others); did "
                + "you mean drop?"
        ),
        WrongPlan(
            events: "  - { at: 10s, exec: {} }",
            "5:16: error: `exec` is not available in this version; expected at, for, phase, \(actions) \(others)"
        ),
        WrongPlan(
            events: "  - { at: 10s, partition: { gateway: 1, fraction: 10% } }",
            "5:41: error: `fraction` beside a gateway; expected one of the two"
        ),
        WrongPlan(
            events: "  - { at: 10s, loss: { gateway: 1 } }",
            "5:22: error: no key `rate`; expected the share that is lost"
        ),
        WrongPlan(
            events: "  - { at: 10s, overload: { gateway: 1 } }",
            "5:26: error: no key `delay`; expected how late it answers"
        ),
        WrongPlan(
            events: "  - { at: 10s, crash: {} }",
            "5:23: error: no gateway to stop; expected `gateway` or `gateways`"
        ),
        WrongPlan(
            events: "  - { at: 10s, for: 5s, drop: { gateway: 1 } }",
            "5:16: error: `for` beside `drop`; expected one of \(lasting)"
        ),
        WrongPlan(
            events: "  - { at: 10s, phase: steady, drop: { gateway: 1 } }",
            "5:23: error: the reserved phase name `steady`; expected a name of your own"
        ),
        WrongPlan(
            events: "  - { at: 1500ms, phase: a, drop: { gateway: 1 } }",
            "5:26: error: the phase of an event at 1s500ms; expected an event at a whole second"
        ),
        WrongPlan(
            events: "  - { at: 10s, phase: a, drop: { gateway: 1 } }\n  - { at: 10s, phase: b, drop: { gateway: 0 } }",
            "6:23: error: the phase `b` at the instant of `a`; expected one phase name at one instant"
        ),
        WrongPlan(
            events: "  - { at: 10s, drop: { gateway: 1, fraction: 20% , count: 3 } }",
            "5:36: error: `fraction` beside `count`; expected one of the two"
        ),
        WrongPlan(
            events: "  - { at: 10s, drop: { gateway: 1, fraction: 20 } }",
            "5:46: error: `20`; expected a fraction such as 0.8 or 80%, above 0, at most 1; did you mean 20%?"
        ),
        WrongPlan(
            events: "  - { at: 10s, drop: { count: 101 } }",
            "5:31: error: `101`; expected a number of sessions from 1 to 100; did you mean 100?"
        ),
        WrongPlan(
            events: "  - { at: 10s, drop: { gateway: 1, by: rst } }",
            "5:40: error: unknown name `rst`; expected fin, reset or vanish; did you mean reset?"
        ),
        WrongPlan(
            events: "  - { at: 10s, drop: { gateway: 1, side: gateway, return: never } }",
            "5:59: error: `return: never` with `side: gateway`, where the session does not know that it should "
                + "stay away; expected policy or a duration"
        ),
        WrongPlan(
            events: "  - { at: 10s, drop: { gateway: 1, return: nevr } }",
            "5:44: error: `nevr`; expected policy, never or a duration such as 5s; did you mean never?"
        ),
        WrongPlan(
            events: "  - { at: 10s, freeze: {} }",
            "5:24: error: no gateway to stop; expected `gateway` or `gateways`"
        ),
        WrongPlan(
            events: "  - { at: 10s, freeze: { gateways: [0, 0] } }",
            "5:40: error: gateway 0 twice; expected each gateway once"
        ),
        WrongPlan(
            events: "  - { at: 10s, kill: { gateways: none } }",
            "5:34: error: `none`; expected all, or a list of gateways such as [0, 1]"
        ),
        WrongPlan(
            events: "  - { at: 10s, restart: { gateways: all } }",
            "5:27: error: unknown key `gateways`; expected gateway, how or down; did you mean gateway?"
        ),
        WrongPlan(
            events: "  - { at: 10s, rollingRestart: { down: 1s } }",
            "5:40: error: a `down` of 1s with a first backoff of up to 1s; expected more than the first backoff"
        ),
        WrongPlan(
            events: "  - { at: 10s, rollingRestart: { down: 3s, every: 5s } }",
            "5:51: error: a restart every 5s; expected at least 6s, which is `down` + 2 `failTimeout` + 1s"
        ),
        WrongPlan(
            events: "  - { at: 50s, rollingRestart: { down: 3s, every: 10s } }",
            "5:32: error: a last restart at 60s in a run of 1m; expected restarts before the end"
        ),
        WrongPlan(
            events: "  - { at: 10s, freeze: { gateway: 1 } }\n  - { at: 20s, kill: { gateway: 1 } }",
            "6:5: error: `kill` of gateway 1, which is in its freeze at 10s; expected a gateway that runs"
        ),
        WrongPlan(
            events: "  - drop",
            "5:5: error: `drop`; expected a mapping with at, for, phase, \(actions) \(others)"
        ),
        WrongPlan(
            events: "  - { at: 10s, for: 5s, freeze: { gateway: 0, gateways: [1] } }",
            "5:47: error: `gateways` beside `gateway`; expected one of the two"
        ),
        WrongPlan(
            events: "  - { at: 10s, drop: { group: phones } }",
            "5:31: error: unknown group `phones`; expected a plan with `groups`"
        ),
        WrongPlan(
            events: "  - { at: 10s, for: 4s, drain: { gateway: 1, over: 5s } }",
            "5:21: error: a drain over 5s for 4s; expected at least as long as `over`"
        ),
        WrongPlan(
            events: "  - { at: 10s, drain: { gateway: 0, to: 1 } }",
            "5:41: error: `to` with `via: embedded`, where no session can go to a gateway of its own choice; expected "
                + "`via: client`"
        ),
        WrongPlan(
            events: "  - { at: 10s, scale: { to: 2 } }",
            "5:5: error: `scale` to the 2 gateways that there are; expected more, or fewer"
        ),
        WrongPlan(
            events: "  - { at: 10s, scale: { to: 1 } }\n  - { at: 20s, kill: { gateway: 1 } }",
            "6:5: error: `kill` of gateway 1, which a `scale` removes; expected a gateway that stays"
        ),
        WrongPlan(
            events: "  - { at: 10s, registry: { pause: true } }",
            "5:26: error: `registry` without `target.registry`; expected a registry to disturb"
        ),
        WrongPlan(
            events: "  - { at: 10s, switchNetwork: { network: us-5g } }",
            "5:42: error: unknown network `us-5g`; expected us-3g, us-4g, home, slb-90s, taiwan, hong-kong, slb-900s, "
                + "china-unicom \(others); did you mean us-3g?"
        ),
        WrongPlan(
            events: "  - { at: 10s, rebindNat: { network: us-4g } }",
            "5:29: error: unknown key `network`; expected gateway, gateways, fraction, count or group"
        ),
        WrongPlan(
            events: "  - { at: soon, drop: {} }",
            "5:11: error: `soon`; expected a duration such as 10s or 4m30s"
        ),
    ]

    @Test(arguments: rows)
    func isRefusedWithOneLine(row: WrongPlan) { row.check() }
}
