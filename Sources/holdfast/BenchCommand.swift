import ArgumentParser
import Foundation
import HoldfastReport

/// `holdfast bench`: what a worker's work costs, beside a bare C client in the same run.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure what sessions cost, next to a bare C client that does the same.",
        discussion: """
            Both sides are measured in turn, each sample in a process of its own, against the same bare gateway on \
            loopback; so are our own balancer and HAProxy, each on one and the same processor. Build with \
            `-c release`: the figures of a debug build say nothing.
            """
    )

    /// What can be measured.
    enum Subject: String, ExpressibleByArgument, CaseIterable {
        case connect
        case beat
        case memory
        case simulation
        case codec
        case balancer
    }

    @Option(
        name: .customLong("only"),
        help: "Measure this alone; may be repeated (connect, beat, memory, simulation, codec, balancer)."
    )
    var subjects: [Subject] = []

    @Option(help: "Samples of each side, taken in turn.")
    var pairs = 5

    @Option(help: "How long a sample is measured.")
    var seconds = 2.0

    @Option(help: "Sessions at rest whose memory is measured.")
    var sessions = 15_000

    @Flag(help: "Print JSON instead of the table.")
    var json = false

    func validate() throws {
        guard (1...100).contains(pairs) else { throw ValidationError("--pairs is \(pairs); expected 1 to 100") }
        guard (0.1...600).contains(seconds) else {
            throw ValidationError("--seconds is \(seconds); expected 0.1 to 600")
        }
        guard (1...18_000).contains(sessions) else {
            throw ValidationError("--sessions is \(sessions); expected 1 to 18000, which one process can hold")
        }
    }

    func run() async throws {
        let report: BenchReport
        let interruption = BenchInterruption()
        let signals = SignalWatch { interruption.end(signal: $0) }
        defer { signals.cancel() }
        do {
            let bench = try Bench(pairs: pairs, seconds: seconds, sessions: sessions, interruption: interruption)
            report = try await bench.measure(subjects.isEmpty ? possibleSubjects : subjects)
        } catch {
            throw Complaint.print("\(error)", interruption.signal == nil ? .couldNotStart : .aborted)
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try StandardStream.print(try encoder.encode(report) + Data("\n".utf8))
        } else {
            let isColoured = isatty(STDOUT_FILENO) == 1
            let text = BenchTable.text(report, isColoured: isColoured, columns: 100)
            try StandardStream.print(text.utf8)
        }
    }

    /// Whatever was not asked for by name is left out where it cannot be measured, which is said.
    private var possibleSubjects: [Subject] {
        guard let reason = Bench.whyWithoutBalancers else { return Subject.allCases }
        StandardStream.complain("holdfast: note: balancers are not measured: \(reason)\n")
        return Subject.allCases.filter { $0 != .balancer }
    }
}
