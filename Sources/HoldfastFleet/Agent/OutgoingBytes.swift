import HoldfastReactor

/// What a write had no room for, kept until there is room: owns memory only while something waits.
struct OutgoingBytes {
    /// The most that may wait for one connection; whoever lets more pile up is not reading.
    static let limit = 1 << 20

    private var bytes: [UInt8] = []
    private var start = 0

    var isEmpty: Bool { bytes.isEmpty }

    /// Bytes that wait.
    var count: Int { bytes.count - start }

    /// Adds `rest` behind what waits already; false when that is more than may wait.
    mutating func append(_ rest: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count - start + rest.count <= OutgoingBytes.limit else { return false }
        bytes.append(contentsOf: rest)
        return true
    }

    /// Writes what there is room for. False when the connection is broken.
    mutating func flush(_ slot: Int, _ reactor: borrowing Reactor) -> Bool {
        while !bytes.isEmpty {
            let outcome = bytes.withUnsafeBytes { reactor.write(slot, UnsafeRawBufferPointer(rebasing: $0[start...])) }
            guard case .wrote(let count) = outcome else { return false }
            start += count
            if start == bytes.count {
                bytes = []
                start = 0
            } else if count == 0 {
                break
            }
        }
        return true
    }
}
