/// Which numbers of sessions to try, one run each: twice as many every time until a run does not hold, then the middle
/// between the most that held and the fewest that did not, until they are close.
public struct CapacitySearch: Equatable, Sendable {
    /// The most sessions that held; nil while none did.
    public private(set) var held: Int?
    /// The fewest that did not; nil while all did.
    public private(set) var broken: Int?

    private let start: Int
    private let limit: Int
    private let tolerance: Double

    /// A search from `start` sessions up to `limit`, 1 or more each; it ends when held and broken are within
    /// `tolerance`, a fraction of the broken.
    public init(from start: Int, upTo limit: Int, tolerance: Double) {
        self.start = min(start, limit)
        self.limit = limit
        self.tolerance = tolerance
    }

    /// The number to try next; nil when the search is over.
    public var next: Int? {
        switch (held, broken) {
        case (nil, nil): return start
        case (let held?, nil): return held < limit ? min(2 * held, limit) : nil
        case (nil, let broken?): return broken > 1 ? broken / 2 : nil
        case (let held?, let broken?):
            let gap = broken - held
            return gap > 1 && Double(gap) > tolerance * Double(broken) ? held + gap / 2 : nil
        }
    }

    /// A run with so many sessions has ended.
    public mutating func note(sessions: Int, holds: Bool) {
        if holds {
            held = max(held ?? sessions, sessions)
        } else {
            broken = min(broken ?? sessions, sessions)
        }
    }
}
