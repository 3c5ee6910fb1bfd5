import HoldfastPlan
import HoldfastResult
import Testing

@testable import HoldfastSimulation

/// What the articles say on networks, hosts and kernels, row by row.
@Suite struct NetworkRowTests {
    static func run(_ text: String) throws -> RunResult { try SeedRowTests.run(text) }

    /// 1,000 sessions on two gateways, with what is said of the network.
    static func disturbed(
        _ timeline: String,
        heartbeat: String = "{ preset: article-3x5 }",
        target: String = "gateways: 2",
        duration: String = "60s"
    ) throws -> RunResult {
        try run(
            """
            name: disturbed
            sessions: 1000
            target: { \(target) }
            heartbeat: \(heartbeat)
            reconnect: { policy: fixed, delay: 1s }
            establish: { rate: 1000/s }
            duration: \(duration)
            timeline: [ \(timeline) ]
            """
        )
    }

    // MARK: Aging

    /// Row 1: behind a NAT of 60 s beats of 45 s live, those of 120 and 270 s die; behind longer ones all live.
    @Test(arguments: [
        ("china-mobile-4g", "qq", true), ("china-mobile-4g", "weibo", false), ("china-mobile-4g", "wechat", false),
        ("china-mobile-4g", "whatsapp-30s", true), ("china-unicom", "wechat", true), ("us-4g", "wechat", true),
        ("china-telecom-3g", "weibo", true),
    ])
    func carriers(network: String, app: String, lives: Bool) throws {
        let result = try PlanRuns.run(
            "nat-carriers",
            ["target.middlebox={preset: \(network)}", "heartbeat={preset: \(app)}", "expect=[]"]
        )
        let total = try #require(result.disconnects.total)
        #expect(lives ? total == 0 : total > 100)
        #expect(result.disconnects.byCause["scheduled"] == total)
        #expect(result.verdict == .pass, "\(result.reasons)")
    }

    /// Row 2: what a gateway sends after 301 s to a session behind a NAT of 300 s is lost, and neither is told: both
    /// believe in the connection. Two seconds less, and everything is heard.
    @Test(arguments: [("301s", false), ("299s", true)])
    func aPushThatNobodyHears(interval: String, isHeard: Bool) throws {
        let result = try Self.run(
            """
            name: push
            sessions: 100
            target: { gateways: 1, middlebox: { aging: 300s } }
            heartbeat: { strategy: server, interval: \(interval), silence: 2h }
            establish: { rate: 1000/s }
            duration: 20m
            """
        )
        let (sent, answered) = (try #require(result.heartbeats.sent), try #require(result.heartbeats.answered))
        // The first comes within an interval of the login, of a few before t0; all others, three or four each, come too
        // late.
        #expect(isHeard ? answered == sent : (90...100).contains(answered))
        #expect(sent > 300)
        #expect(result.disconnects.total == 0)
        #expect(result.gateways[0].connectionsAtEnd == 100)
        #expect(result.gateways[0].ownConnectionsAtEnd == 100)
    }

    /// Row 3: a table of 500 entries refuses the other hundred of 600 sessions by name.
    @Test func aFullTableRefuses() throws {
        let result = try Self.run(
            """
            name: full
            sessions: 600
            target: { gateways: 2, middlebox: { aging: 300s, ports: 500 } }
            heartbeat: { interval: 30s }
            reconnect: { policy: none }
            establish: { rate: 1000/s, timeout: 5s }
            duration: 10s
            defaults: [unexplained]
            """
        )
        #expect(result.connects.failedWhileEstablishing.byReason["unreachable"] == 100)
        #expect(result.sessions.establishedAtEnd == 500)
    }

    // MARK: Addresses

    /// Rows 5 and 6: 100 get another address and do not know it: the heartbeat's bound for them, and 100 ghosts.
    @Test(arguments: ["changeAddress: { count: 100 }", "switchNetwork: { count: 100, known: false }"])
    func anotherAddress(event: String) throws {
        let result = try Self.disturbed(
            "{ at: 20s, \(event) }",
            target: "gateways: 2, gateway: { idleTimeout: 30s }",
            duration: "80s"
        )
        #expect(result.disconnects.total == 100)
        #expect(result.disconnects.byCause["consequence"] == 100)
        #expect(result.disconnects.byMechanism["heartbeat"] == 100)
        #expect(try #require(result.detection.byMechanism["heartbeat"]?.max) <= 15.001)
        #expect(try #require(result.census.ghostsPeak) > 0)
        #expect(result.gateways.map { $0.ownConnectionsAtEnd ?? 0 } == result.gateways.map { $0.connectionsAtEnd ?? 1 })
    }

    /// Row 6: a client that is told is back at once, and leaves 100 ghosts all the same.
    @Test func aKnownSwitchOfNetworks() throws {
        let result = try Self.disturbed(
            "{ at: 20s, switchNetwork: { count: 100 } }",
            target: "gateways: 1, gateway: { idleTimeout: 30s }",
            duration: "40s"
        )
        #expect(result.disconnects.byCause["injected"] == 100)
        #expect(try #require(result.outageSeconds.max) < 1)
        #expect(result.census.ghostsPeak == 100)
    }

    /// Row 7: a NAT that rebinds ends what it carried; one that forgets its entries too.
    @Test(arguments: ["rebindNat", "expireNat"])
    func aNatThatForgets(kind: String) throws {
        let result = try Self.disturbed(
            "{ at: 20s, \(kind): {} }",
            target: "gateways: 2, middlebox: { aging: 300s }"
        )
        #expect(result.disconnects.byMechanism["heartbeat"] == 1000)
        #expect(result.disconnects.byCause["consequence"] == 1000)
        #expect(result.sessions.establishedAtEnd == 1000)
    }

    // MARK: Loss

    /// Row 8: 30 % for a minute is survived, but for false positives; everything for longer than the limit is noticed
    /// within it, also when only one way is cut.
    @Test func aTunnel() throws {
        let result = try PlanRuns.run("tunnel-and-crowd")
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(try #require(result.heartbeats.missed) > 0)
    }

    @Test(arguments: ["both", "to-gateway", "to-client"])
    func aBlackHole(direction: String) throws {
        let result = try Self.disturbed("{ at: 20s, for: 30s, partition: { gateway: 0, direction: \(direction) } }")
        let detection = try #require(result.detection.byCause["partition"])
        #expect(detection.count == 500)
        #expect(try #require(detection.min) > 11.999)
        #expect(try #require(detection.max) < 15.001)
        #expect(result.disconnects.byCause["consequence"] == 500)
        #expect(result.sessions.establishedAtEnd == 1000)
    }

    /// Row 9: a crowd in front of a full buffer: beats are missed and no gateway is at fault.
    @Test func aCrowd() throws {
        let result = try Self.disturbed(
            "{ at: 20s, for: 20s, congest: { rate: 100/s, queue: 50 } }",
            heartbeat: "{ interval: 3s, misses: 4, timeout: 1s }"
        )
        #expect(try #require(result.heartbeats.missed) > 100)
        #expect(result.disconnects.unexplained == 0)
    }

    /// Row 13: a cable that is put back in time: nothing is lost, and nobody noticed.
    @Test func aCableThatIsPutBack() throws {
        let result = try PlanRuns.run("replug")
        #expect(result.verdict == .pass, "\(result.reasons)")
        // Each session had a beat or two in the hole, and their answers came too late to count.
        #expect((500...1000).contains(try #require(result.heartbeats.missed)))
    }

    /// A hole as long as the limit is too long for those that had been silent before, and one that is shorter than the
    /// limit less an interval is too long for nobody.
    @Test(arguments: [("11s", true), ("16s", false)])
    func holesThatHeal(length: String, isSurvived: Bool) throws {
        let result = try Self.disturbed("{ at: 20s, for: \(length), partition: { gateways: all } }")
        let total = try #require(result.disconnects.total)
        #expect(isSurvived ? total == 0 : total > 0)
    }

    // MARK: Death

    /// Rows 10 to 12: who dies how, and when it is noticed.
    @Test func kindsOfDeath() throws {
        let result = try PlanRuns.run("crash-kinds")
        #expect(result.verdict == .pass, "\(result.reasons)")
        for kind in ["kill", "crash", "freeze", "overload"] {
            #expect(result.detection.byCause[kind]?.count ?? 0 >= 80, "\(kind)")
        }
        #expect(result.disconnects.unexplained == 0)
    }

    /// Row 10: silence, and a reset for whoever still asks once the host is back: it knows nothing of them.
    @Test func aHostThatComesBack() throws {
        let result = try Self.disturbed(
            "{ at: 20s, for: 10s, crash: { gateway: 0 } }",
            heartbeat: "{ interval: 30s, silence: 90s }",
            duration: "100s"
        )
        #expect(result.disconnects.byMechanism["reset"] == 500)
        let detection = try #require(result.detection.byCause["crash"])
        #expect(try #require(detection.min) >= 10)
        #expect(try #require(detection.max) <= 45)
    }

    /// Row 12: a program that reads and never answers is noticed by the heartbeat alone.
    @Test func aProgramThatIsStuck() throws {
        let result = try Self.disturbed("{ at: 20s, for: 30s, stall: { gateway: 0 } }")
        #expect(result.disconnects.byMechanism["heartbeat"] == 500)
        #expect(result.disconnects.unexplained == 0)
    }

    // MARK: Kernels

    /// Row 15: data that nobody acknowledges, and 20 s of patience.
    @Test func theUserTimeout() throws {
        let result = try PlanRuns.run("keepalive-busy", ["heartbeat.userTimeout=20s", "expect=[]"])
        #expect(result.disconnects.byMechanism["user-timeout"] == 100)
        let detection = try #require(result.detection.byMechanism["user-timeout"])
        // From the first beat into the hole, which goes out within one interval.
        #expect(try #require(detection.min) >= 20)
        #expect(try #require(detection.max) <= 30.001)
    }

    /// Row 19: with data under way keepalive does not count, and the retransmissions give up after 924.6 s.
    @Test func theRetransmissionsGiveUp() throws {
        let result = try PlanRuns.run("keepalive-busy")
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(try #require(result.detection.byCause["partition"]?.min) >= 924.6)
    }

    /// Row 17: the defaults, and those of the lab; counted from the last segment, so from any moment 9 to 14 s.
    @Test(arguments: [
        ([String](), 7860.0, 7875.0), (["heartbeat.idle=5s", "heartbeat.interval=3s", "heartbeat.probes=3"], 8.99, 14),
    ])
    func keepalive(overrides: [String], least: Double, most: Double) throws {
        let result = try PlanRuns.run("keepalive-defaults", overrides + (overrides.isEmpty ? [] : ["expect=[]"]))
        #expect(result.verdict == .pass, "\(result.reasons)")
        let detection = try #require(result.detection.byMechanism["keepalive"])
        // Sessions pick by themselves, so it is half of 200 within four standard deviations.
        #expect((72...128).contains(detection.count))
        #expect(try #require(detection.min) >= least)
        #expect(try #require(detection.max) <= most)
    }

    /// Rows 12 and 50: a frozen server's kernel answers every probe; only the application's own beat notices.
    @Test(arguments: [
        ("{ strategy: tcp-keepalive, idle: 5s, interval: 3s, probes: 3 }", UInt64(0)), ("{ preset: article-3x5 }", 500),
    ])
    func onlyTheApplicationNotices(heartbeat: String, noticed: UInt64) throws {
        let result = try Self.disturbed("{ at: 20s, freeze: { gateway: 0 } }", heartbeat: heartbeat, duration: "10m")
        #expect(result.disconnects.total == noticed)
    }

    // MARK: Balancers that forget

    /// Row 51: intervals from 4 to 12 minutes: 900 s cut nobody, 600 s a quarter of the sessions, 300 s seven of eight.
    @Test(arguments: [("900s", 0.0), ("600s", 0.25), ("300s", 0.875)])
    func theBalancersIdleTimeout(idle: String, share: Double) throws {
        let plan = try PlanRuns.plan("enterprise-slb", ["target.balancer.idleTimeout=\(idle)", "expect=[]"])
        var cut = 0
        let result = Simulation(plan: plan).run { world in
            cut = (0..<world.sessionCount).filter { world.seats[$0].session.attempts > 1 }.count
        }.result
        // Four standard deviations of a binomial of 1,000.
        #expect(abs(Double(cut) - 1000 * share) <= 4 * (1000 * share * (1 - share)).squareRoot())
        #expect(result.disconnects.unexplained == 0)
        #expect(result.disconnects.byMechanism["reset"] == result.disconnects.total)
    }

    /// Rows 52 and 55: cut after 90 s without a byte from the client, back after one: six times in ten minutes; a table
    /// that remembers for 900 s cuts nobody.
    @Test(arguments: [("90s", UInt64(6000)...6600), ("900s", 0...0)])
    func resetEvery90Seconds(aging: String, expected: ClosedRange<UInt64>) throws {
        let result = try PlanRuns.run("rst-every-90s", ["target.middlebox.aging=\(aging)", "expect=[]"])
        #expect(expected.contains(try #require(result.disconnects.total)))
        #expect(result.disconnects.byMechanism["reset"] == result.disconnects.total)
        #expect(result.disconnects.byCause["scheduled"] == result.disconnects.total)
        let inferred = result.inferredIdleTimeouts ?? []
        #expect(inferred.map(\.end) == (expected.lowerBound > 0 ? ["reset"] : []))
        #expect(inferred.allSatisfy { abs($0.seconds - 90) <= 1 && expected.contains($0.count) })
    }

    // MARK: Mistakes

    /// Rows 32 to 34: nobody, gateway only, somebody else, and sessions themselves judge; how many of 500 move.
    @Test(arguments: [
        ("{ strategy: none }", UInt64(0)), ("{ strategy: reported, interval: 3s, silence: 15s }", 0),
        ("{ strategy: third-party, interval: 3s }", 0), ("{ preset: article-3x5 }", 500),
    ])
    func designMistakes(heartbeat: String, moved: UInt64) throws {
        let result = try PlanRuns.run("design-mistakes", ["heartbeat=\(heartbeat)", "expect=[]"])
        #expect(result.disconnects.total == moved)
        #expect(result.gateways[1].connectionsAtEnd == 500 + moved)
    }

    /// Row 29: an idle timeout of one interval and half a second of jitter ends connections that are well; 25 s do not.
    @Test(arguments: [("10s", true), ("25s", false)])
    func theMarginOfAnIdleTimeout(idle: String, kills: Bool) throws {
        let result = try PlanRuns.run("idle-timeout-margin", ["target.gateway.idleTimeout=\(idle)", "expect=[]"])
        let ended = try #require(result.heartbeats.falsePositives)
        #expect(kills ? ended > 0 : ended == 0)
        #expect(result.disconnects.total == ended)
    }
}
