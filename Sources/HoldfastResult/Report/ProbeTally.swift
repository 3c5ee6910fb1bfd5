/// What a prober beside the sessions found: it connects to every gateway again and again, and a kernel that accepts is
/// all that it asks for.
public struct ProbeTally: Equatable, Sendable {
    private var sent: [UInt64]
    private var answered: [UInt64]

    /// Of so many gateways.
    public init(gateways: Int) {
        sent = Array(repeating: 0, count: gateways)
        answered = sent
    }

    /// Notes a connect to `gateway`, and whether it was accepted.
    public mutating func note(_ gateway: Int, isUp: Bool) {
        sent[gateway] += 1
        if isUp { answered[gateway] += 1 }
    }

    /// What the prober would report, a line for each gateway.
    public var notes: [String] {
        sent.indices.filter { sent[$0] > 0 }
            .map { "the prober found gateway \($0) up \(answered[$0]) of \(sent[$0]) times" }
    }
}
