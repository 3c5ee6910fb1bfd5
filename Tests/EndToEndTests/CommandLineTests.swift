import Foundation
import HoldfastResult
import Testing

extension EndToEnd {
    /// What the command line promises: exit codes, one clear line, files.
    @Suite struct CommandLineTests {
        @Test(arguments: [
            (["run", "Plans/no-such-plan.yaml"], Int32(104), "Plans/no-such-plan.yaml:1:1: error: no such file"),
            (["validate", "README.md"], 104, "README.md:1:1: error:"),
            (["run", "Plans/quickstart.yaml", "--set", "sessions=0"], 104, "--set:1:10: error:"),
            (["run"], 64, "Missing expected argument"),
            (
                ["run", "Plans/client-vs-slb.yaml", "--set", "protocol={ tls: 1.3 }"], 104,
                "`tls` can only be simulated"
            ),
            (["run", "Plans/quickstart.yaml", "--nonsense"], 64, "Unknown option"),
            (["run", "Plans/quickstart.yaml", "--push", "ftp://here"], 106, "expected http://"),
            (
                ["run", "Plans/quickstart.yaml"]
                    + Program.settings(["sessions=200000", "establish.rate=20000/s", "target.balancer={ shards: 1 }"]),
                106, "descriptors"
            ),
            (
                ["run", "Plans/nginx.yaml", "--set", "target.algorithm=maglev"], 104,
                "`maglev` with `via: nginx`, which has no such algorithm"
            ),
            (["run", "Plans/nginx.yaml", "--set", "target.algorithm=leastconn"], 104, "least-connections"),
        ])
        func whatIsWrongIsSaidInOneLine(arguments: [String], status: Int32, line: String) async throws {
            let ended = try await Program.run(arguments, limit: 30)
            #expect(ended.status == status, "\(ended.errors)")
            #expect(ended.errors.contains(line), "\(ended.errors)")
            #expect(ended.output == "")
        }

        @Test(arguments: [
            ("haproxy", "{}", "descriptors of an HAProxy of 12000 sessions: 24106 are needed"),
            ("nginx", "{ shards: 1 }", "descriptors of an nginx of 12000 sessions in 1 worker: "),
        ])
        func moreThanABalancerCarries(plan: String, balancer: String, line: String) async throws {
            let values = ["sessions=12000", "establish.rate=20000/s", "target.balancer=\(balancer)"]
            let narrow = ["/usr/bin/prlimit", "--nofile=20000:20000"]
            let ended = try await Program.start(plan: plan, replacing: values, through: narrow).end(within: 30)
            #expect(ended.status == 106, "\(ended.errors)")
            #expect(ended.errors.contains(line), "\(ended.errors)")
        }

        /// Whoever lacks a program is told which Debian package has it, before anything is started.
        @Test(arguments: [
            ("haproxy", "haproxy", "install the Debian package haproxy"),
            ("nginx", "nginx", "install the Debian packages nginx and libnginx-mod-stream"),
            ("etcd", "registry-outage", "install the Debian package etcd-server"),
        ])
        func aMissingProgramIsNamed(program: String, plan: String, line: String) async throws {
            // In a mount namespace of its own nobody else misses it.
            let hiding = ["/usr/bin/unshare", "--mount", "/bin/bash", "-c", Self.hide(program), "hide"]
            let ended = try await Program.start(plan: plan, replacing: [], through: hiding).end(within: 60)
            #expect(ended.status == 106, "\(ended.errors)")
            #expect(ended.errors.contains(line), "\(ended.errors)")
            #expect(ended.errors.split(separator: "\n").count == 1, "\(ended.errors)")
        }

        private static func hide(_ program: String) -> String {
            "mount --bind /dev/null \"$(PATH=$PATH:/usr/sbin command -v \(program))\" && exec \"$@\""
        }

        @Test func everyPlanValidates() async throws {
            let plans = try FileManager.default.contentsOfDirectory(atPath: Program.root + "/Plans")
                .filter { $0.hasSuffix(".yaml") }.sorted().map { "Plans/" + $0 }
            let ended = try await Program.run(["validate"] + plans, limit: 30)
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.output.split(separator: "\n").count == plans.count)
        }

        @Test func theQuickstartPassesAndLeavesItsFiles() async throws {
            let ended = try await Program.plan("quickstart")
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.output.contains("Verdict: pass (exit 0)"))
            #expect(ended.errors.contains("admitted 2,000/2,000"))
            for file in [
                "plan.yaml", "result.json", "events.jsonl", "series.sqlite", "report.html", "junit.xml", "summary.md",
            ] {
                #expect(FileManager.default.fileExists(atPath: "\(ended.directory)/\(file)"), "\(file)")
            }
            #expect(try ended.text(of: "report.html").contains("<svg"))
            #expect(try ended.text(of: "junit.xml").contains("failures=\"0\""))
            // The plan as resolved is a plan.
            let again = try await Program.run(["validate", "\(ended.directory)/plan.yaml"], limit: 30)
            #expect(again.status == 0, "\(again.errors)")
            let result = try ended.result()
            #expect(again.output.contains(result.plan.hash))
        }

        @Test func jsonGoesToStandardOutput() async throws {
            let ended = try await Program.plan(
                "uneven-departures",
                "--json",
                "--quiet",
                "--set",
                "timeline=[]",
                "--set",
                "expect=[]",
                "--set",
                "duration=1s"
            )
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.errors == "")
            #expect(try RunResult(json: Data(ended.output.utf8)) == ended.result())
        }

        /// The same seed is the same fate: what is drawn does not change from run to run.
        @Test func aFailedExpectationEndsWithNinetyNine() async throws {
            let ended = try await Program.plan(
                "uneven-departures",
                "--set",
                "expect=[imbalance.maxOverMean at end < 1.5]"
            )
            #expect(ended.status == 99, "\(ended.errors)")
            #expect(try ended.result().verdict == .fail)
        }
    }
}
