import Foundation
import HoldfastResult
import Testing

extension EndToEnd {
    /// Faults of the harness itself end in a result that says so, and leave nothing behind.
    @Suite struct FaultsOfOursTests {
        @Test func aLostWorkerMakesTheRunInvalid() async throws {
            let run = try Program.start(
                ["run", "Plans/uneven-departures.yaml", "--set", "workers=2", "--set", "duration=20s"]
            )
            try await run.reach(second: 1)
            let worker = try #require(run.agents("worker")[1])
            kill(worker, SIGKILL)
            let ended = try await run.end(within: 60)
            #expect(ended.status == 111, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.verdict == .invalid)
            let reasons = result.reasons.joined(separator: "\n")
            #expect(reasons.contains("worker 1"), "\(reasons)")
            #expect(reasons.contains("500 to 999"), "\(reasons)")
        }

        /// Nobody's connection goes through a balancer that handed it off, and nobody looks for it any more.
        @Test func aBalancerThatNobodyMissesIsNotGreen() async throws {
            let run = try Program.start(
                plan: "quickstart",
                replacing: [
                    "target={ gateways: 2, balancer: { mode: handoff } }", "duration=4s", "timeline=[]",
                    "expect=[sessions.establishedAtEnd == 2000]",
                ]
            )
            try await run.reach(second: 1)
            let balancer = try #require(run.agents("balancer")[0])
            kill(balancer, SIGKILL)
            let ended = try await run.end(within: 60)
            #expect(ended.status == 111, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.expectations.allSatisfy { $0.outcome == .pass }, "\(result.expectations)")
            #expect(result.reasons.contains { $0.contains("balancer 0 was lost") }, "\(result.reasons)")
        }

        /// Its sessions beat once a minute, so in eight seconds none of them finds out.
        @Test(
            arguments: EndToEnd.pairs([
                ("gateway", "balancer: { mode: handoff }", "gateway 0 said nothing for 3 s"),
                ("balancer", "balancer: { mode: handoff }", "balancer 0 said nothing for 3 s"),
                ("haproxy", "via: haproxy", "haproxy answered nothing since second"),
                ("nginx", "via: nginx", "nginx answered nothing since second"),
            ])
        )
        func aPartThatNobodyMissesAnswersNoMore(cases: [(String, String, String)]) async throws {
            try await EndToEnd.together(cases) { part, target, reason in
                try await stop(part, of: target, at: 1, duration: "9s", reason)
            }
        }

        /// Stops a part of an otherwise quiet run, which is never a pass then, and leaves nothing behind.
        private func stop(
            _ part: String,
            of target: String,
            at second: Double,
            duration: String,
            _ reason: String
        ) async throws {
            let run = try Program.start(
                plan: "quickstart",
                replacing: [
                    "target={ gateways: 2, \(target) }", "duration=\(duration)", "timeline=[]",
                    "heartbeat={ interval: 60s, silence: 180s }", "expect=[sessions.establishedAtEnd == 2000]",
                ]
            )
            try await run.reach(second: second)
            let stopped = try #require(run.agents(part)[0] ?? run.program(part))
            kill(stopped, SIGSTOP)
            let ended = try await run.end(within: 60)
            #expect(ended.status == 111, "\(ended.errors)")
            let reasons = try ended.result().reasons
            #expect(reasons.contains { $0.contains(reason) }, "\(reasons)")
            #expect(!Processes.exists(stopped))
        }

        /// Nobody waits for the establishing of sessions that have nowhere to go.
        @Test(arguments: [
            ("gateway", "balancer: { mode: handoff }", "gateway 0 said nothing for 3 s before the run began"),
            ("haproxy", "via: haproxy", "haproxy answered nothing before the run began"),
            ("nginx", "via: nginx", "nginx answered nothing before the run began"),
        ])
        func aPartThatIsSilentBeforeTheRun(part: String, target: String, reason: String) async throws {
            let run = try Program.start(
                plan: "quickstart",
                replacing: [
                    "target={ gateways: 2, \(target) }", "establish={ rate: 100/s, timeout: 50s }", "duration=2s",
                    "timeline=[]", "heartbeat={ interval: 60s, silence: 180s }",
                    "expect=[sessions.establishedAtEnd == 2000]",
                ]
            )
            let found = await run.wait(within: 30) { run.errors.contains("establishing") }
            #expect(found, "\(run.errors)")
            let stopped = try #require(run.agents(part)[0] ?? run.program(part))
            kill(stopped, SIGSTOP)
            let ended = try await run.end(within: 40)
            #expect(ended.status == 111, "\(ended.errors)")
            let reasons = try ended.result().reasons
            #expect(reasons.contains { $0.contains(reason) }, "\(reasons)")
            #expect(!Processes.exists(stopped))
        }

        /// nginx has another worker at once, but not its connections.
        @Test func aWorkerOfNginxThatEndsIsSaid() async throws {
            let run = try Program.start(
                plan: "quickstart",
                replacing: [
                    "target={ gateways: 2, via: nginx, balancer: { shards: 2 } }", "duration=6s", "timeline=[]",
                    "expect=[sessions.establishedAtEnd == 2000]",
                ]
            )
            try await run.reach(second: 1)
            let master = try #require(run.program("nginx"))
            let worker = try #require(Processes.children(of: master).first?.pid)
            kill(worker, SIGKILL)
            let ended = try await run.end(within: 60)
            let result = try ended.result()
            #expect(result.verdict != .pass)
            #expect(result.reasons.contains("a worker of nginx has ended"), "\(result.reasons)")
        }

        /// Too late for anybody to notice a silence, but not for its last report to be missed.
        @Test(arguments: [
            ("gateway", "balancer: { mode: handoff }", "gateway 0"),
            ("balancer", "balancer: { mode: handoff }", "balancer 0"),
            ("haproxy", "via: haproxy", "haproxy answered nothing since second"),
        ])
        func aPartThatStopsAtTheEnd(part: String, target: String, reason: String) async throws {
            try await stop(part, of: target, at: 4, duration: "7s", reason)
        }

        /// It may be silent for ten seconds before it is lost, but not unsaid.
        @Test func aWorkerThatIsSilentForAWhileIsNoted() async throws {
            let run = try Program.start(
                plan: "quickstart",
                replacing: [
                    "duration=9s", "timeline=[]", "heartbeat={ interval: 60s, silence: 180s }",
                    "expect=[sessions.establishedAtEnd == 2000]",
                ]
            )
            try await run.reach(second: 1)
            let worker = try #require(run.agents("worker")[0])
            kill(worker, SIGSTOP)
            try await Task.sleep(for: .seconds(6))
            kill(worker, SIGCONT)
            let ended = try await run.end(within: 60)
            let notes = try ended.result().notes
            #expect(notes.contains { $0.contains("worker 0 said nothing for 3 s since second") }, "\(notes)")
        }

        /// With two of three gateways down the third has to hold more than a process may have descriptors: it is given
        /// two processes, since the plan says so.
        @Test func aPlanThatFillsAGatewayGivesItRoom() async throws {
            let run = try Program.start(
                plan: "quickstart",
                replacing: Self.narrow + [
                    "timeline=[{ at: 1s, kill: { gateway: 0 } }, { at: 1s, kill: { gateway: 1 } }]",
                    "expect=[sessions.establishedAtEnd > 700]",
                ],
                through: Self.narrowness
            )
            let ended = try await run.end(within: 60)
            #expect(ended.status == 0, "\(ended.errors)")
        }

        /// The same, done by somebody else.
        @Test func aGatewayWithoutRoomIsNoFaultOfTheTarget() async throws {
            let run = try Program.start(
                plan: "quickstart",
                replacing: Self.narrow + ["timeline=[]", "expect=[sessions.established > 0]"],
                through: Self.narrowness
            )
            try await run.reach(second: 1)
            let gateways = run.agents("gateway")
            for gateway in [0, 1] { kill(try #require(gateways[gateway]), SIGKILL) }
            let ended = try await run.end(within: 60)
            #expect(ended.status == 111, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.reasons.contains { $0.contains("gateway 2: it had no room") }, "\(result.reasons)")
        }

        /// Nobody may take what another run came to for what this one did.
        @Test func whatCouldNotStartLeavesNoOldVerdict() async throws {
            let files = ["result.json", "events.jsonl", "report.html", "junit.xml", "summary.md"]
            let run = try Program.start(
                ["run", "Plans/quickstart.yaml", "--set", "target={ gateways: 64000 }"],
                before: { directory in
                    for file in files {
                        try "old".write(toFile: "\(directory)/\(file)", atomically: true, encoding: .utf8)
                    }
                }
            )
            let ended = try await run.end(within: 30)
            #expect(ended.status == 106, "\(ended.errors)")
            let left = try FileManager.default.contentsOfDirectory(atPath: run.directory)
            #expect(left.filter(files.contains) == [])
        }

        /// As with a full disk: the file that is written last cannot be, and the verdict is told all the same.
        @Test func aFileThatCannotBeWrittenTakesNoVerdictAway() async throws {
            let run = try Program.start(
                plan: "quickstart",
                replacing: ["duration=2s", "timeline=[]", "expect=[sessions.establishedAtEnd == 2000]"],
                before: { directory in
                    try FileManager.default.createDirectory(
                        atPath: "\(directory)/events.jsonl/taken",
                        withIntermediateDirectories: true
                    )
                }
            )
            let ended = try await run.end(within: 60)
            #expect(ended.status == 109, "\(ended.errors)")
            #expect(ended.errors.contains("cannot write \(run.directory)/events.jsonl: Is a directory"))
            #expect(ended.output.contains("PASS"), "\(ended.output)")
            #expect(try ended.result().verdict == .pass)
        }

        /// The second checkpoint, after ten seconds, is the first that cannot be written; the run goes on and says so.
        @Test func aCheckpointThatCannotBeWrittenIsSaid() async throws {
            let run = try Program.start(
                plan: "quickstart",
                replacing: ["duration=12s", "timeline=[]", "expect=[sessions.establishedAtEnd == 2000]"]
            )
            try await run.reach(second: 1)
            let file = "\(run.directory)/result.json"
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.createDirectory(atPath: "\(file)/taken", withIntermediateDirectories: true)
            let ended = try await run.end(within: 60)
            #expect(ended.status == 109, "\(ended.errors)")
            let note = "a checkpoint could not be written: cannot write \(file): Is a directory"
            #expect(try ended.text(of: "summary.md").contains(note))
        }

        @Test func nothingIsLeftOfAKilledCoordinator() async throws {
            let run = try Program.start(["run", "Plans/detect-3x5.yaml"])
            try await run.reach(second: 3)
            let pid = run.process.processIdentifier
            let children = Processes.children(of: pid).map(\.pid)
            let gateway = try #require(run.agents("gateway")[1])
            #expect(Processes.state(of: gateway) == "T")
            #expect(children.count >= 4)
            kill(pid, SIGKILL)
            run.process.waitUntilExit()
            let deadline = Date().addingTimeInterval(5)
            while Date() < deadline, children.contains(where: Processes.exists) {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(children.filter(Processes.exists) == [])
            let result = try RunResult(json: Data(contentsOf: URL(fileURLWithPath: "\(run.directory)/result.json")))
            #expect(result.verdict == .invalid)
        }

        @Test func ctrlCEndsGracefullyWithAResult() async throws {
            let run = try Program.start(["run", "Plans/uneven-departures.yaml", "--set", "duration=60s"])
            try await run.reach(second: 1)
            kill(run.process.processIdentifier, SIGINT)
            let ended = try await run.end(within: 30)
            #expect(ended.status == 105, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.exitCode == 105)
            #expect(result.reasons.contains { $0.contains("SIGINT") }, "\(result.reasons)")
        }

        private static let narrow = [
            "sessions=1000", "target={ gateways: 3, via: client, algorithm: random }", "duration=6s",
            "reconnect={ policy: fixed, delay: 1s }",
        ]
        private static let narrowness = ["/usr/bin/prlimit", "--nofile=640:640"]
    }
}
