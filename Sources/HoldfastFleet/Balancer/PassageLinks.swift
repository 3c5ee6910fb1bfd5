import Glibc
import HoldfastCore
import HoldfastReactor

/// The passages of a balancer that gives connections away: to gateways (`handoff`), or to processes that carry bytes
/// for it. Each is made when it is needed, and again when the process at its other end was started again.
struct PassageLinks {
    /// What the other end of a passage has taken over.
    private struct Link {
        var path: String
        /// By gateway: connections that it has and that are not over.
        var open: [UInt64]
        /// All of them.
        var total: UInt64 = 0
        /// Whether it takes nothing more.
        var isLeaving = false
    }

    private let firstSlot: Int
    private var links: [Link]

    /// One passage to each of `paths`; its slots begin at `firstSlot`.
    init(paths: [String], gateways: Int, firstSlot: Int) {
        self.firstSlot = firstSlot
        links = paths.map { Link(path: $0, open: [UInt64](repeating: 0, count: gateways)) }
    }

    /// Passages, and slots that they need.
    var count: Int { links.count }

    /// The passage of a slot.
    func link(of slot: Int) -> Int { slot - firstSlot }

    /// The passage among `candidates` whose other end has the fewest connections: then no end ever has more than its
    /// share of the most that there were at once, and one.
    func emptiest(_ candidates: Range<Int>) -> Int {
        var emptiest = candidates.lowerBound
        for candidate in candidates where links[candidate].total < links[emptiest].total { emptiest = candidate }
        return emptiest
    }

    /// Gives connections away over passage `link`; the caller keeps its own copies of the descriptors. Returns 0, or
    /// errno: ECONNREFUSED when nobody takes them over.
    mutating func pass(_ message: Passage.Message, over link: Int, _ reactor: inout Reactor) -> Int32 {
        guard !links[link].isLeaving else { return ECONNREFUSED }
        let slot = firstSlot + link
        if reactor.descriptor(of: slot) < 0 {
            let passage = Passage.connect(to: links[link].path)
            // Nobody was ever there: to whoever asks that is the same as somebody who is gone.
            guard passage >= 0 else { return passage == -ENOENT ? ECONNREFUSED : -passage }
            let failure = reactor.attach(passage, to: slot, .readable)
            guard failure == 0 else { return failure }
        }
        let failure = Passage.send(message, over: reactor.descriptor(of: slot))
        if failure == 0 {
            links[link].open[Int(message.gateway)] += 1
            links[link].total += 1
        }
        // The other end ended in this very moment; what it had is told by `next`.
        return failure == EPIPE || failure == ECONNRESET ? ECONNREFUSED : failure
    }

    /// Connections that are over, by gateway: what the next message of passage `link` says, or all that it had when its
    /// other end is gone. Nil when there is no message.
    mutating func next(_ link: Int, _ reactor: inout Reactor) -> [(gateway: GatewayID, count: UInt64)]? {
        let passage = reactor.descriptor(of: firstSlot + link)
        guard passage >= 0 else { return nil }
        switch Passage.receive(from: passage) {
        case .nothing: return nil
        case .message(let message) where message.isLeaving:
            links[link].isLeaving = true
            return []
        case .message(let message):
            let count = min(UInt64(message.count), links[link].open[Int(message.gateway)])
            links[link].open[Int(message.gateway)] -= count
            links[link].total -= count
            return [(message.gateway, count)]
        case .ended:
            reactor.close(firstSlot + link)
            let lost = links[link].open.enumerated().filter { $0.element > 0 }
            links[link].open = [UInt64](repeating: 0, count: links[link].open.count)
            links[link].total = 0
            links[link].isLeaving = false
            return lost.map { (GatewayID($0.offset), $0.element) }
        }
    }
}
