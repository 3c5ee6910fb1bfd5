import HoldfastPlan
import Testing

/// What is wrong with a plan's text as a whole, or with its target.
@Suite struct WrongTextTests {
    static let rows: [WrongPlan] = [
        WrongPlan(
            "",
            "1:1: error: an empty file; expected a plan in YAML"
        ),
        WrongPlan(
            "# only a comment\n",
            "1:1: error: an empty file; expected a plan in YAML"
        ),
        WrongPlan(
            "just words",
            "1:1: error: `just words`; expected a mapping with \(roots)"
        ),
        WrongPlan(
            "- a\n- b\n",
            "1:1: error: a list; expected a mapping with \(roots)"
        ),
        WrongPlan(
            "name: [\n",
            "1:1: error: text that is not YAML: did not find expected node content at line 2, column 1; expected "
                + "a plan in YAML"
        ),
        WrongPlan(
            "name: t\n\tsessions: 3\n",
            "2:1: error: a tab; expected spaces"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2 }\nsessions: 200\n",
            "4:1: error: a second key `sessions`; expected each key once"
        ),
        WrongPlan(
            "{ name: t, sessions: 1, target: { gateways: 2 }, name: u }",
            "1:50: error: a second key `name`; expected each key once"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2 }\n---\nname: u\n",
            "4:1: error: a second document; expected one document"
        ),
        WrongPlan(
            "name: &a t\nsessions: 1\ntarget: { gateways: 2 }\n",
            "1:7: error: the anchor `&a`; expected plain values"
        ),
        WrongPlan(
            "name: *a\n",
            "1:7: error: an alias; expected plain values"
        ),
        WrongPlan(
            "name: !!str t\nsessions: 1\ntarget: { gateways: 2 }\n",
            "1:7: error: the tag `tag:yaml.org,2002:str`; expected plain values"
        ),
        WrongPlan(
            "name: t\n",
            "1:1: error: no key `sessions`; expected the number of sessions",
            "1:1: error: no key `target`; expected a target with its number of gateways"
        ),
        WrongPlan(
            "name: t\nsessions: 0\ntarget: { gateways: 2 }\n",
            "2:11: error: `0`; expected a whole number from 1 to 2147483648; did you mean 1?"
        ),
        WrongPlan(
            "name: t\nsessions: many\ntarget: { gateways: 2 }\n",
            "2:11: error: `many`; expected a whole number from 1 to 2147483648"
        ),
        WrongPlan(
            "name: t\nsessions: \"100\"\ntarget: { gateways: 2 }\n",
            "2:11: error: the text `100`; expected a whole number from 1 to 2147483648; did you mean 100?"
        ),
        WrongPlan(
            "name: t\nsessions:\ntarget: { gateways: 2 }\n",
            "2:10: error: nothing; expected a whole number from 1 to 2147483648"
        ),
        WrongPlan(
            "name: ../t\nsessions: 1\ntarget: { gateways: 2 }\n",
            "1:7: error: `../t`; expected a name of at most 64 letters, digits, ., - or _"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: 2\n",
            "3:9: error: `2`; expected a mapping with \(targetKeys)"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { via: client }\n",
            "3:9: error: no key `gateways`; expected the number of gateways"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, via: nftables }\n",
            "3:29: error: `nftables` is not available in this version; "
                + "expected client, embedded, haproxy, external or nginx"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, algorithm: least-conections }\n",
            "3:35: error: unknown name `least-conections`; expected least-connections, least-reported, "
                + "nearest, power-of-two, rendezvous, round-robin, consistent-hash, random or another of "
                + "WritingPlans.md; "
                + "did you mean least-connections?"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, algorithm: nearest }\n",
            "3:35: error: `nearest` of a balancer, which has connections to all gateways; expected `via: client`",
            "3:35: error: `nearest` without `regions`; expected `target.regions`"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, via: client, algorithm: least-connections }\n",
            "3:48: error: `least-connections` with `via: client`, where a session knows only its own history; "
                + "expected `target.registry`, \(clientAlgorithms)"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, algorithm: sticky }\n",
            "3:35: error: `sticky` of a balancer, which does not know where a session was; expected `via: client`"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, via: haproxy, algorithm: rendezvous }\n",
            "3:49: error: `rendezvous` with `via: haproxy`, which has no such algorithm; expected `via: embedded`"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, via: haproxy, algorithm: power-of-two }\n",
            "3:49: error: `power-of-two` with `via: haproxy`, which has no such algorithm; expected "
                + "`replacement: true`, as HAProxy draws"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, replacement: true }\n",
            "3:24: error: `replacement` beside `algorithm: round-robin`; expected `algorithm: power-of-two`"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, algorithm: power-of-two, replacement: yes }\n",
            "3:62: error: `yes`; expected true or false"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, balancer: { layer: 7 } }\n",
            "3:36: error: `layer` is not available in this version; expected \(balancerKeys)"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, balancer: { helthCheck: none } }\n",
            "3:36: error: unknown key `helthCheck`; expected healthCheck, instances, failTimeout, idleTimeout, onIdle, "
                + "interval, fall, rise or another of WritingPlans.md; did you mean healthCheck?"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, gateway: { drain: 10 } }\n",
            "3:42: error: `10`; expected a duration such as 10s or 4m30s; did you mean 10s?"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, gateway: { shards: 0 } }\n",
            "3:43: error: `0`; expected a whole number from 1 to 64; did you mean 1?"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, balancer: { mode: handof, shards: 65 } }\n",
            "3:42: error: unknown name `handof`; expected handoff or proxy; did you mean handoff?",
            "3:58: error: `65`; expected a whole number from 1 to 64; did you mean 64?"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, balancer: { mode: handoff, shards: 2 } }\n",
            "3:51: error: `shards` beside `mode: handoff`; expected `mode: proxy`"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, balancer: { mode: handoff, connectTimeout: 3s } }\n",
            "3:51: error: `connectTimeout` beside `mode: handoff`; expected `mode: proxy`"
        ),
        WrongPlan(
            "name: t\nsesions: 5\ntarget: { gateway: 2 }\n",
            "2:1: error: unknown key `sesions`; expected sessions, seed, variants, churn, duration, workers, "
                + "defaults, timeline or another of WritingPlans.md; did you mean sessions?",
            "3:9: error: no key `gateways`; expected the number of gateways",
            "3:20: error: `2`; expected a mapping with \(gatewayKeys)"
        ),
        WrongPlan(
            "name: t\nsessions: 100\ntarget: { gateways: 2, gateways: 3 }\n",
            "3:24: error: a second key `gateways`; expected each key once"
        ),
        WrongPlan(
            "name: t\nsessions: 5000000\ntarget: { gateways: 2 }\nestablish: { rate: 100000/s }\n",
            "2:11: error: 5000000 sessions with 1 to an address; expected at most 4194302 source addresses, or a "
                + "larger `target.crowd`"
        ),
        WrongPlan(
            "name: t\nsessions: 5\ntarget: { gateways: 64001 }\n",
            "3:21: error: `64001`; expected a whole number from 1 to 64000; did you mean 64000?"
        ),
    ]

    @Test(arguments: rows)
    func isRefusedWithOneLine(row: WrongPlan) { row.check() }
}
