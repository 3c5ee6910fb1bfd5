/// Waits written out, one for each attempt; the last one repeats.
public struct DelayTable: Hashable, Sendable, ExpressibleByArrayLiteral {
    /// The waits before attempt 0, 1, ...; at least one.
    public var delays: [Span]
    /// U(0, spread) is added to the last wait, each time.
    public var spread: Span

    /// A table from its waits.
    /// - Precondition: there is at least one.
    public init(_ delays: [Span], spread: Span = .zero) {
        precondition(!delays.isEmpty, "A table of waits has at least one.")
        self.delays = delays
        self.spread = spread
    }

    /// A table without spread.
    public init(arrayLiteral delays: Span...) { self.init(delays) }

    /// The wait before `attempt`.
    func wait(before attempt: UInt32, unit: Double) -> Span {
        let last = delays.count - 1
        guard attempt >= UInt32(last) else { return delays[Int(attempt)] }
        return delays[last] + spread.scaled(by: unit)
    }

    /// The longest wait before attempt 0.
    var longestFirst: Span { delays.count == 1 ? delays[0] + spread : delays[0] }
}
