import HoldfastCore

/// A balancer that is there already, and that nobody configures or starts: where it listens, and who knows its counts.
public struct ExternalBalancer: Equatable, Sendable {
    /// Who says how many connections it has to each gateway, as `[12, 13, 12]`, by gateway id.
    public enum Counts: Equatable, Sendable {
        /// What a program prints: its name or path, and its arguments.
        case command([String])
        /// What an HTTP server answers.
        case url(String)
    }

    /// Where it listens; a session always goes to the same one.
    public var endpoints: [Endpoint]
    /// Nil where nobody knows.
    public var counts: Counts?

    /// A balancer from its parts.
    public init(endpoints: [Endpoint], counts: Counts? = nil) {
        self.endpoints = endpoints
        self.counts = counts
    }

    /// Which of its addresses `session` goes to.
    /// - Precondition: It has one.
    public func endpoint(of session: SessionID) -> Endpoint { endpoints[Int(session) % endpoints.count] }
}

extension ExternalBalancer {
    /// Its keys of `target.balancer`.
    var resolved: [(key: String, value: ResolvedValue)] {
        var entries: [(key: String, value: ResolvedValue)] = [
            ("endpoints", .list(endpoints.map { .text($0.description) }))
        ]
        switch counts {
        case nil: break
        case .command(let words): entries.append(("counts", .mapping([("command", .list(words.map { .text($0) }))])))
        case .url(let url): entries.append(("counts", .mapping([("url", .text(url))])))
        }
        return entries
    }
}
