import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastLab

/// What a plan takes of a machine whose limits are given.
@Suite struct MachineNeedsTests {
    private func plan(_ sessions: Int, _ target: String, _ more: String = "") throws -> Plan {
        let text = """
            name: needs
            sessions: \(sessions)
            target: \(target)
            establish: { rate: 100000/s }
            \(more)
            """
        return try PlanReader.read(text: text, file: "needs.yaml").plan
    }

    private func limits(
        descriptors: Int = 20_000,
        files: Int = 1_000_000,
        tracked: Int? = nil,
        handshakes: Int? = nil,
        memory: Int = 8 << 30
    ) -> SystemLimits {
        SystemLimits(
            descriptorsSoft: descriptors,
            descriptorsHard: descriptors,
            acceptQueue: 4_096,
            handshakes: handshakes,
            memoryTotalBytes: memory,
            memoryAvailableBytes: memory,
            files: SystemLimits.Share(limit: files, used: 1_000),
            trackedConnections: tracked.map { SystemLimits.Share(limit: $0, used: 10) }
        )
    }

    private func needs(_ plan: Plan, _ limits: SystemLimits) -> MachineNeeds {
        let ephemeral = EphemeralRange(low: 32_768, high: 60_999)
        return MachineNeeds(
            plan: plan,
            workers: MachineNeeds.workers(for: plan, limits: limits),
            limits: limits,
            ephemeral: ephemeral
        )
    }

    /// The last number of sessions that fits, and the first that does not: 64 descriptors are a process's own.
    @Test(
        "Descriptors are short by one session too many",
        arguments: [
            // A worker, of its sessions.
            ("{ gateways: 40, via: client }", "workers: 1", 19_936, "descriptors of a worker of 19937 sessions"),
            // The last gateway of two, of all sessions.
            (
                "{ gateways: 2, via: client, gateway: { shards: 1 } }", "", 19_936,
                "descriptors of a gateway of 19937 sessions"
            ),
            // The kernel may give one of two processes 19,379 + 4 * 139.2 of them.
            (
                "{ gateways: 2, via: client, gateway: { shards: 2 } }", "", 38_758,
                "descriptors of a gateway of 38759 sessions in 2 processes"
            ),
            // A proxy, of two for each, and two that take turns.
            ("{ gateways: 40, balancer: { shards: 1 } }", "", 9_968, "descriptors of a proxy of 9969 sessions"),
            // Of two instances the fuller has four standard deviations more than half, 386 of 9,582.
            (
                "{ gateways: 40, balancer: { instances: 2 } }", "", 19_152,
                "descriptors of a proxy of 19153 sessions in 2 processes"
            ),
            (
                "{ gateways: 40, balancer: { shards: 2 } }", "", 19_936,
                "descriptors of a proxy of 19937 sessions in 2 processes"
            ),
        ]
    )
    func descriptors(target: String, more: String, sessions: Int, what: String) throws {
        #expect(needs(try plan(sessions, target, more), limits()).missing.isEmpty)
        let missing = needs(try plan(sessions + 1, target, more), limits()).missing
        #expect(missing.map(\.what) == [what])
    }

    /// Two for each session, and a listener before each gateway or before the balancer: as few processes as hold them.
    @Test(arguments: [
        ("{ gateways: 40, via: client, middlebox: { aging: 60s, onExpire: reset } }", 9_948, 1),
        ("{ gateways: 40, via: client, middlebox: { aging: 60s, onExpire: reset } }", 9_949, 2),
        ("{ gateways: 40, middlebox: { ports: 7 } }", 9_967, 1),
        ("{ gateways: 40, middlebox: { ports: 7 } }", 9_968, 2),
        ("{ gateways: 40 }", 9_000, 0),
    ])
    func processesOfAMiddlebox(target: String, sessions: Int, processes: Int) throws {
        let plan = try plan(sessions, target, "heartbeat: { interval: 30s }")
        #expect(MachineNeeds.middleboxProcesses(for: plan, limits: limits()) == processes)
        #expect(needs(plan, limits()).missing.isEmpty)
    }

    /// Beside 9,000 connections of one worker: those of every event until the gateways end them for 15 s of silence,
    /// and only of sessions that open others.
    @Test(
        "Descriptors of connections that vanish",
        arguments: [
            ([], 0),
            (["{ at: 1s, vanish: { fraction: 10% } }"], 0),
            (["{ at: 1s, drop: { fraction: 10%, by: fin } }"], 0),
            (["{ at: 1s, drop: { fraction: 10%, by: vanish } }"], 900),
            (["{ at: 1s, drop: { count: 77, by: vanish, return: 5s } }"], 77),
            (["{ at: 1s, drop: { by: vanish } }", "{ at: 17s, drop: { count: 100, by: vanish } }"], 9_100),
            (["{ at: 1s, drop: { by: vanish } }", "{ at: 17.001s, drop: { count: 100, by: vanish } }"], 9_000),
            // One of four gateways: as if three had them all.
            (["{ at: 1s, drop: { gateway: 1, by: vanish } }"], 3_000),
            (["{ at: 1s, drop: { gateways: [0, 1, 2], by: vanish } }"], 9_000),
        ]
    )
    func descriptorsOfVanished(events: [String], count: Int) throws {
        let timeline = "workers: 1\ntimeline: [ \(events.joined(separator: ", ")) ]"
        let plan = try plan(9_000, "{ gateways: 4, via: client, gateway: { shards: 4, idleTimeout: 15s } }", timeline)
        #expect(plan.vanishedAtOnce == count)
        #expect(needs(plan, limits(descriptors: 9_064 + count)).missing.isEmpty)
        #expect(needs(plan, limits(descriptors: 9_063 + count)).missing.first?.need == 9_064 + count)
    }

    /// Where connections gather: on those that the timeline leaves, and on the first where all go there. Drops mix
    /// them: 4 * sqrt(300 * 3/4) = 60 more.
    @Test(arguments: [
        ("{ gateways: 5, via: client }", "[]", 0, 300),
        ("{ gateways: 5, via: client }", "[ { at: 1s, drop: { gateway: 3, by: vanish } } ]", 300, 660),
        // Gateway 4 has 600 and a half of gateway 3's: 900, and gateway 3's vanished as though its own.
        (
            "{ gateways: 5, via: client }",
            "[ { at: 1s, kill: { gateway: 0 } }, { at: 2s, kill: { gateway: 1 } }, { at: 3s, kill: { gateway: 2 } }, "
                + "{ at: 5s, drop: { gateway: 3, by: vanish } } ]", 600, 1_560
        ),
        // The second begins as the first is back: 300, and a quarter of 300 more.
        (
            "{ gateways: 5, via: client }",
            "[ { at: 1s, for: 2s, kill: { gateway: 0 } }, { at: 3s, for: 2s, kill: { gateway: 1 } } ]", 0, 375
        ),
        (
            "{ gateways: 4, algorithm: first, balancer: { mode: handoff }, gateway: { capacity: 900 } }",
            "[ { at: 1s, drop: { gateway: 0, by: vanish } } ]", 900, 1_800
        ),
    ])
    func theFullestGateway(target: String, timeline: String, vanished: Int, connections: Int) throws {
        let plan = try plan(1_200, target, "timeline: \(timeline)")
        #expect(plan.vanishedAtOnce == vanished)
        let gateway = needs(plan, limits()).all.first { $0.what.hasPrefix("descriptors of a gateway") }
        #expect(gateway?.need == connections + 64)
    }

    /// A part of the victims: 900 of 9,000 are 90 of each of ten workers, and 4 * sqrt(90) = 37.9 more.
    @Test func partsOfTheVanished() throws {
        let timeline = "timeline: [ { at: 1s, drop: { fraction: 10%, by: vanish } } ]"
        let plan = try plan(9_000, "{ gateways: 4, via: client }", timeline)
        #expect(plan.vanishedAtOnce(inOneOf: 1) == 900)
        #expect(plan.vanishedAtOnce(inOneOf: 10) == 128)
        #expect(plan.vanishedAtOnce(inOneOf: 9_000) == 1)
    }

    /// Two events leave two connections of a session behind, and the next one must not be their tuple.
    @Test func sessionsThatVanishKeepTheirPorts() throws {
        let drop = "drop: { fraction: 10%, by: vanish }"
        let vanish = "timeline: [ { at: 1s, \(drop) }, { at: 2s, \(drop) } ]"
        func short(_ crowd: Int, _ more: String) throws -> [String] {
            needs(try plan(100, "{ gateways: 2, via: client, crowd: \(crowd) }", more), limits()).missing.map(\.what)
        }
        #expect(try short(10_581, vanish).isEmpty)
        #expect(
            try short(10_582, vanish) == [
                "source ports of a session, one for each connection that vanishes and one more"
            ]
        )
        #expect(try short(31_744, "").isEmpty)
    }

    /// Both ends of 1,000 connections, and 64 files of each of a worker, two gateways, balancer and coordinator.
    @Test func filesOfAllProcesses() throws {
        let plan = try plan(1_000, "{ gateways: 2, via: client }")
        #expect(needs(plan, limits(files: 3_320)).missing.isEmpty)
        let missing = needs(plan, limits(files: 3_319)).missing
        #expect(missing.map(\.remedy) == ["sysctl -w fs.file-max=3320"])
    }

    @Test func memory() throws {
        let plan = try plan(100_000, "{ gateways: 10, via: client }")
        let need = try #require(needs(plan, limits()).all.first { $0.unit == .bytes })
        // 11 KiB for each session, and 64 MiB for each of 7 workers, 10 gateways and two more.
        #expect(need.need == 100_000 * 11_264 + 19 << 26)
        #expect(!needs(plan, limits(memory: need.need)).missing.contains { $0.unit == .bytes })
        let short = needs(plan, limits(memory: need.need - 1)).missing
        #expect(
            short.map(\.complaint) == [
                "memory for 100000 sessions and 19 processes: 2291 MiB are needed, there are 2291 MiB; "
                    + "use fewer sessions, or end what else uses memory"
            ]
        )
    }

    /// A table that is too small does not keep a run from starting: nobody knows whether these are tracked.
    @Test func whatMayHurtIsNotMissing() throws {
        let plan = try plan(1_000, "{ gateways: 2, via: client }")
        let small = needs(plan, limits(tracked: 2_009))
        #expect(small.missing.isEmpty)
        #expect(small.doubtful.map(\.remedy) == ["sysctl -w net.netfilter.nf_conntrack_max=2010"])
        #expect(needs(plan, limits(tracked: 2_010)).doubtful.isEmpty)
        #expect(needs(plan, limits()).all.count == 6)
    }

    @Test func handshakesMayBeShort() throws {
        let plan = try plan(1_000, "{ gateways: 2, via: client }")
        let small = needs(plan, limits(handshakes: 2_048))
        #expect(small.missing.isEmpty)
        #expect(small.doubtful.map(\.remedy) == ["sysctl -w net.ipv4.tcp_max_syn_backlog=4096"])
        #expect(needs(plan, limits(handshakes: 4_096)).doubtful.isEmpty)
        #expect(SystemLimits.handshakes(cookies: "0\n", backlog: "2048\n") == 2_048)
        #expect(SystemLimits.handshakes(cookies: "1\n", backlog: "2048\n") == nil)
        #expect(SystemLimits.handshakes(cookies: "", backlog: "") == nil)
    }

    /// As few as can be: 100,000 sessions on the last gateway of two.
    @Test func gatewayProcesses() throws {
        func processes(_ sessions: Int, _ target: String) throws -> Int {
            MachineNeeds.gatewayProcesses(for: try plan(sessions, target), limits: limits())
        }
        #expect(try processes(19_936, "{ gateways: 2, via: client }") == 1)
        #expect(try processes(19_937, "{ gateways: 2, via: client }") == 2)
        #expect(try processes(100_000, "{ gateways: 2, via: client }") == 6)
        #expect(try processes(100_000, "{ gateways: 10, via: client }") == 1)
        #expect(try processes(1_000, "{ gateways: 2, gateway: { shards: 3 } }") == 3)
        let six = try plan(100_000, "{ gateways: 2, via: client }")
        #expect(needs(six, limits()).missing.isEmpty)
    }

    /// Two descriptors for each session, and none where the balancer has no part in a connection.
    @Test func balancerShards() throws {
        func shards(_ sessions: Int, _ target: String) throws -> Int {
            MachineNeeds.balancerShards(for: try plan(sessions, target), limits: limits())
        }
        #expect(try shards(9_968, "{ gateways: 40 }") == 1)
        #expect(try shards(9_969, "{ gateways: 40 }") == 2)
        #expect(try shards(100_000, "{ gateways: 40 }") == 11)
        #expect(try shards(100_000, "{ gateways: 40, balancer: { mode: handoff } }") == 1)
        #expect(try shards(100_000, "{ gateways: 40, via: client }") == 1)
        #expect(needs(try plan(100_000, "{ gateways: 40 }"), limits()).missing.isEmpty)
        #expect(needs(try plan(100_000, "{ gateways: 40, balancer: { mode: handoff } }"), limits()).missing.isEmpty)
    }

    @Test func workers() throws {
        func workers(_ sessions: Int, _ more: String = "", descriptors: Int = 20_000) throws -> Int {
            let plan = try plan(sessions, "{ gateways: 2 }", more)
            return MachineNeeds.workers(for: plan, limits: limits(descriptors: descriptors))
        }
        #expect(try workers(15_000) == 1)
        #expect(try workers(15_001) == 2)
        #expect(try workers(15_001, "workers: 5") == 5)
        // 960 sessions of each are what the limit leaves; with those that vanish beside them, half as many.
        #expect(try workers(1_920, descriptors: 1_024) == 2)
        #expect(try workers(1_921, descriptors: 1_024) == 3)
        #expect(try workers(1_920, "timeline: [ { at: 1s, drop: { by: vanish } } ]", descriptors: 1_024) == 4)
    }

    @Test(arguments: [("3392\t0\t9223372036854775807\n", 3_392 as Int?), ("1 2", nil), ("", nil), ("a b c", nil)])
    func openFiles(text: String, used: Int?) {
        #expect(SystemLimits.files(text)?.used == used)
    }
}
