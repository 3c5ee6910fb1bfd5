import HoldfastCore
import HoldfastReactor

/// A gateway whose program accepts and reads, and does nothing about it: what a deadlock behind the part that reads
/// looks like.
extension GatewayServer {
    /// What was read and is not looked at, by slot, in the order in which connections spoke.
    struct Unheard {
        /// The most that is read ahead of one connection; the rest stays in the kernel.
        static let limit = 64 << 10

        var order: [Int] = []
        var bytes: [Int: (number: UInt64, bytes: [UInt8])] = [:]
    }

    /// From now on it looks at nothing.
    mutating func stall() {
        if unheard == nil { unheard = Unheard() }
    }

    /// Looks at everything that it has read meanwhile, then at what it would have done by itself.
    mutating func recover(_ reactor: inout Reactor) {
        guard let unheard else { return }
        self.unheard = nil
        for slot in unheard.order {
            guard let (number, bytes) = unheard.bytes[slot], isListening(slot, number) else { continue }
            hear(bytes, slot, number, &reactor)
        }
        endDuplicates(&reactor)
        for slot in 0..<connections.end where connections.contains(slot) && !connections[slot].isDeaf {
            // What is left in the kernel, ends too, is told again.
            reactor.watch(slot, connections[slot].outgoing.isEmpty ? .incoming : .outgoing)
            if min(deadline(of: slot), business?.deadline(of: slot) ?? .never) <= reactor.now {
                lookAtDeadline(slot, &reactor)
            }
        }
    }

    /// Reads what a connection says, and keeps it.
    mutating func readAhead(_ slot: Int, _ reactor: inout Reactor) {
        let number = connections[slot].number
        while true {
            let known = unheard?.bytes[slot]
            var bytes = known?.number == number ? known?.bytes ?? [] : []
            guard bytes.count < Unheard.limit, case .bytes(let count) = reactor.read(slot) else { return }
            bytes.append(contentsOf: reactor.buffer[..<count])
            if known == nil { unheard?.order.append(slot) }
            unheard?.bytes[slot] = (number, bytes)
        }
    }

    /// Handles `bytes` as if they had just been read.
    private mutating func hear(_ bytes: [UInt8], _ slot: Int, _ number: UInt64, _ reactor: inout Reactor) {
        var start = 0
        while start < bytes.count {
            let kept = connections[slot].partial.restore(into: reactor.buffer)
            let count = min(reactor.buffer.count - kept, bytes.count - start)
            bytes.withUnsafeBytes { all in
                let part = UnsafeRawBufferPointer(rebasing: all[start..<start + count])
                UnsafeMutableRawBufferPointer(rebasing: reactor.buffer[kept...]).copyMemory(from: part)
            }
            start += count
            guard decode(slot, kept + count, &reactor), isListening(slot, number) else { return }
        }
    }

    private func isListening(_ slot: Int, _ number: UInt64) -> Bool {
        connections.contains(slot) && connections[slot].number == number && !connections[slot].isDeaf
    }
}
