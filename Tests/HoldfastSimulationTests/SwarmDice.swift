import HoldfastCore

/// Draws for one random plan.
struct SwarmDice {
    private let stream: DrawStream
    private var count: UInt64 = 0

    init(seed: UInt64) { stream = Seed(seed).stream(.swarm, actor: 0) }

    mutating func whole(_ range: ClosedRange<Int>) -> Int {
        count += 1
        return range.lowerBound + Int(below(UInt64(range.count), stream.draw(count)))
    }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[whole(0...elements.count - 1)] }

    /// True once in `times`.
    mutating func once(in times: Int) -> Bool { whole(1...times) == 1 }
}
