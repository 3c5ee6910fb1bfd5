import Glibc
import HoldfastCore
import HoldfastHTTP
import HoldfastPlan

/// Asks whoever knows for the connections that a balancer of somebody else has to each gateway.
public struct ExternalCounts: Sendable {
    /// Why there are no counts, in words.
    public struct Failure: Error, CustomStringConvertible {
        /// One line for people.
        public var description: String
    }

    private static let limit = Span.seconds(2)
    private static let mostBytes = 1 << 20

    private let source: ExternalBalancer.Counts
    private let gateways: Int
    private let spawner: Spawner
    private let outputPath: String
    private let client: HTTPClient?

    /// Counts of so many gateways from `source`; what a program prints goes through a file at `outputPath`.
    public init(_ source: ExternalBalancer.Counts, gateways: Int, spawner: Spawner, outputPath: String) {
        self.source = source
        self.gateways = gateways
        self.spawner = spawner
        self.outputPath = outputPath
        if case .url = source { client = HTTPClient(name: "counts") } else { client = nil }
    }

    /// Asks no more.
    public func stop() { client?.shutdown() }

    /// By gateway id. Takes two seconds at most.
    public func ask() async throws(Failure) -> [UInt64] {
        let text =
            switch source {
            case .command(let words): try await printed(words)
            case .url(let url): try await answered(url)
            }
        let counts = ExternalCounts.counts(in: text)
        guard let counts, counts.count == gateways else {
            let found = text.split(separator: "\n").first.map { "`\($0.prefix(60))`" } ?? "nothing"
            throw Failure(description: "found \(found), expected \(gateways) numbers such as [12, 13]")
        }
        return counts
    }

    /// The numbers of a list such as `[12, 13]`; nil when it is none.
    static func counts(in text: String) -> [UInt64]? {
        let blanks: Set<Character> = [" ", "\t", "\n", "\r", "\r\n"]
        let list = text.drop { blanks.contains($0) }
        guard let end = list.lastIndex(where: { !blanks.contains($0) }), list.first == "[", list[end] == "]",
            list.startIndex < end
        else { return nil }
        let inside = list[list.index(after: list.startIndex)..<end]
        guard !inside.allSatisfy(blanks.contains) else { return [] }
        let words = inside.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = words.map { word -> UInt64? in
            let begun = word.drop { blanks.contains($0) }
            return begun.lastIndex { !blanks.contains($0) }.flatMap { UInt64(begun[...$0]) }
        }
        return numbers.contains(nil) ? nil : numbers.compactMap(\.self)
    }

    private func printed(_ words: [String]) async throws(Failure) -> String {
        let path = words.first.flatMap { $0.contains("/") ? $0 : Executable.find($0) }
        guard let name = words.first, let executable = path else {
            throw Failure(description: "there is no program `\(words.first ?? "")`")
        }
        unlink(outputPath)
        defer { unlink(outputPath) }
        let child: ChildProcess
        do {
            child = try spawner.spawn(
                executable: executable,
                arguments: Array(words.dropFirst()),
                standardOutput: .file(outputPath)
            )
        } catch {
            throw Failure(description: "\(error)")
        }
        guard let status = await child.waitForExit(within: ExternalCounts.limit) else {
            _ = await child.stop(grace: .zero)
            throw Failure(description: "`\(name)` was not done after \(ExternalCounts.limit.seconds) s")
        }
        guard status == .code(0) else { throw Failure(description: "`\(name)` ended with \(status)") }
        return TextFile.read(outputPath, limit: ExternalCounts.mostBytes) ?? ""
    }

    private func answered(_ url: String) async throws(Failure) -> String {
        guard let client else { return "" }
        var request = HTTPRequest(url: url)
        request.timeoutMilliseconds = ExternalCounts.limit.nanoseconds / 1_000_000
        request.responseLimitBytes = ExternalCounts.mostBytes
        let response = await client.get(request)
        switch response.outcome {
        case .answered(200): return String(decoding: response.body, as: UTF8.self)
        case .answered(let status): throw Failure(description: "\(url) answered with status \(status)")
        case .failed(_, let message): throw Failure(description: "\(url): \(message)")
        }
    }
}
