import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// What becomes of accounts with more than one device, and of what gateways keep of connections.
@Suite struct AccountRunTests {
    /// Row 39: on = 100 kicks, off about 6,000: one a second in each account, less the four messages of a login.
    @Test(arguments: [
        ("notify", UInt64(100)...100, UInt64(100), "kicked"), ("silent", 5_900...6_000, 0, "fin"),
        ("allow", 0...0, 0, "fin"),
    ])
    func kickingEachOther(rule: String, ends: ClosedRange<UInt64>, stopped: UInt64, mechanism: String) throws {
        let result = try PlanRuns.run(
            "mutual-kick",
            ["target.gateway.duplicateLogin=\(rule)"] + (rule == "notify" ? [] : ["expect=[]"])
        )
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(ends.contains(try #require(result.disconnects.total)))
        #expect(result.disconnects.byCause["scheduled"] == result.disconnects.total)
        #expect(result.disconnects.byMechanism[mechanism] == result.disconnects.total)
        #expect(result.disconnects.unexplained == 0)
        #expect(result.sessions.stopped.byReason["kicked"] == stopped)
        #expect(result.census.ghostsPeak == 0)
    }

    /// Three devices of 40 users: the last keeps the account, and all that there is to keep.
    @Test func theLastDeviceStays() throws {
        let result = try PlanRuns.run(
            "mutual-kick",
            ["sessions=120", "accounts.sessionsPerAccount=3", "timeline=[]", "expect=[]"]
        )
        #expect(result.sessions.establishedAtEnd == 40)
        #expect(result.sessions.stopped.byReason["kicked"] == 80)
        #expect(result.gateways.compactMap(\.ownConnectionsAtEnd).reduce(0, +) == 40)
    }

    /// A gateway that stands still hears of the other login when it runs again, and that is when its sessions know.
    @Test func aFrozenGatewayHearsOfItLater() throws {
        let result = try PlanRuns.run(
            "mutual-kick",
            [
                "target.via=client", "target.algorithm=source-hash", "heartbeat={ strategy: none }",
                "timeline=[{ at: 5s, for: 20s, freeze: { gateway: 0 } }, { at: 10s, phase: again, resume: {} }, "
                    + "{ at: 25s, phase: thawed, foreground: { count: 1 } }]",
                "connect={ timeout: 30s, loginTimeout: 30s }",
                "expect=['disconnects{gateway=0,phase=again} == 0', 'disconnects{gateway=0,phase=thawed} > 10', "
                    + "'disconnects{gateway!=0,phase=again} > 10', 'disconnects{mechanism=kicked} == 100']",
            ]
        )
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.disconnects.total == 100)
        #expect(result.disconnects.unexplained == 0)
    }

    /// Row 36: 200 ghosts beside 1,000 connections take as much room as the living.
    @Test(arguments: [("2KiB", UInt64(2048)), ("100B", 100)])
    func ghostsTakeRoomAsWell(size: String, bytes: UInt64) throws {
        let result = try PlanRuns.run(
            "ghost-sessions",
            ["target.gateway.stateBytes=\(size)", "expect=['gateways.stateBytesPeak{gateway=0} == \(1_200 * bytes)']"]
        )
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.gateways[0].stateBytesPeak == 1_200 * bytes)
        #expect(try PlanRuns.run("ghost-sessions").gateways[0].stateBytesPeak == nil)
    }

    @Test func accountsAreSpreadOverTheSessions() throws {
        let text = "name: t\nsessions: 7\naccounts: { sessionsPerAccount: 3 }\ntarget: { gateways: 1 }\n"
        let plan = try Plan.parse(text: text, file: "plan.yaml")
        #expect(plan.accounts == 3)
        #expect((0..<7).map { plan.account(of: $0) } == [0, 1, 2, 0, 1, 2, 0])
        #expect(try Plan.parse(text: plan.resolvedYAML(), file: "plan.yaml") == plan)
    }
}
