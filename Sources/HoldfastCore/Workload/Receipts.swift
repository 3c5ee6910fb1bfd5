/// Which messages a session has received, so that one that is sent again counts once.
public struct Receipts: Sendable {
    /// Messages that may still come out of order; those before them count as received.
    public static let memory = 256

    private var next: UInt32 = 0
    private var missing: [UInt32] = []

    /// Nothing received.
    public init() {}

    /// Notes the reception of message `number`; false if it was there already.
    public mutating func receive(_ number: UInt32) -> Bool {
        guard number >= next else {
            guard let index = missing.firstIndex(of: number) else { return false }
            missing.remove(at: index)
            return true
        }
        let oldest = number - min(number, UInt32(Receipts.memory))
        missing += max(next, oldest)..<number
        if missing.count > Receipts.memory { missing.removeFirst(missing.count - Receipts.memory) }
        next = number + 1
        return true
    }

    /// Whether message `number` was received.
    public func contains(_ number: UInt32) -> Bool { number < next && !missing.contains(number) }
}
