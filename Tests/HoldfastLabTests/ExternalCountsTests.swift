import HoldfastPlan
import Testing

@testable import HoldfastLab

/// What somebody else says of his balancer.
@Suite struct ExternalCountsTests {
    @Test(
        arguments: [
            ("[]", []), ("[1]", [1]), (" [ 12 ,\n 0 ]\r\n", [12, 0]), ("", nil), ("[", nil), ("]", nil), ("[1,]", nil),
            ("[,1]", nil), ("[-1]", nil), ("[1.5]", nil), ("1,2", nil), ("[1] 2", nil), ("[1 2, 3]", nil), ("[ ]", []),
            ("{}", nil), ("[\"1\"]", nil),
        ] as [(String, [UInt64]?)]
    )
    func lists(text: String, counts: [UInt64]?) { #expect(ExternalCounts.counts(in: text) == counts) }

    @Test(
        arguments: [
            (["printf", "[3, 4]\\n"], nil), (["printf", "[3]"], "found `[3]`, expected 2 numbers"),
            (["true"], "found nothing, expected 2 numbers"), (["false"], "`false` ended with"),
            (["holdfast-no-such-program"], "there is no program `holdfast-no-such-program`"),
            (["/no/such/program"], "/no/such/program"), (["sleep", "60"], "`sleep` was not done after 2.0 s"),
        ] as [([String], String?)]
    )
    func commands(words: [String], failure: String?) async throws {
        let janitor = try Janitor()
        defer { _ = janitor.stop() }
        let sockets = try SocketDirectory(janitor: janitor)
        let counts = ExternalCounts(
            .command(words),
            gateways: 2,
            spawner: Spawner(janitor: janitor),
            outputPath: sockets.path(of: "counts")
        )
        do throws(ExternalCounts.Failure) {
            let found = try await counts.ask()
            #expect(failure == nil)
            #expect(found == [3, 4])
        } catch {
            let failure = try #require(failure)
            #expect(error.description.contains(failure), "\(error)")
        }
    }

    @Test func nobodyAnswers() async throws {
        let janitor = try Janitor()
        defer { _ = janitor.stop() }
        let counts = ExternalCounts(
            .url("http://127.0.0.1:1/"),
            gateways: 2,
            spawner: Spawner(janitor: janitor),
            outputPath: ""
        )
        defer { counts.stop() }
        let error = await #expect(throws: ExternalCounts.Failure.self) { try await counts.ask() }
        #expect(error?.description.hasPrefix("http://127.0.0.1:1/: ") == true)
    }
}
