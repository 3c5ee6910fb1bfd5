import Glibc
import HoldfastCore
import HoldfastReactor

/// The passages of a balancer that gives connections away: to gateways (`handoff`), or to processes that carry bytes
/// for it. Each is made when it is needed, and again when the process at its other end was started again.
struct PassageLinks {
    /// What is heard from the other end of a passage.
    enum News {
        /// So many connections of a gateway are over.
        case over(GatewayID, count: UInt64)
        /// It is gone, with all connections that it had.
        case lost([(gateway: GatewayID, count: UInt64)])
        /// It takes nothing more.
        case leaving
    }

    /// What the other end of a passage has taken over, or is about to.
    private struct Link {
        var path: String
        /// By gateway: connections that it has and that are not over.
        var open: [UInt64]
        /// All of them.
        var total: UInt64 = 0
        /// What it has no room for yet, in order; those before `firstWaiting` are sent.
        var waiting: [Passage.Message] = []
        var firstWaiting = 0
        /// Whether it takes nothing more.
        var isLeaving = false

        var waitingCount: Int { waiting.count - firstWaiting }

        /// In a storm that goes on for hours there may always be somebody who waits.
        mutating func forgetSent() {
            guard firstWaiting >= PassageLinks.mostWaiting else { return }
            waiting.removeFirst(firstWaiting)
            firstWaiting = 0
        }
    }

    /// As many as a listener keeps until they are accepted: whoever hands off is that listener.
    private static let mostWaiting = 4_096

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

    /// Gives connections away to that of at most 64 `candidates` that has the fewest, or the next one that takes them:
    /// then none ever has more than its share of the most that there were at once, and one.
    ///
    /// Returns 0, and the descriptors are the other end's; or errno, ECONNREFUSED when nobody is there, and they still
    /// are the caller's.
    mutating func pass(_ message: Passage.Message, to candidates: Range<Int>, _ reactor: inout Reactor) -> Int32 {
        var refused: UInt64 = 0
        var failure = ECONNREFUSED
        while let link = emptiest(candidates, without: refused) {
            failure = pass(message, over: link, &reactor)
            if failure == 0 { return 0 }
            refused |= 1 << UInt64(link - candidates.lowerBound)
        }
        return failure
    }

    /// There is room in passage `link` again, as far as `reactor` has said: what waits goes first.
    mutating func resume(_ link: Int, _ reactor: inout Reactor) {
        let passage = reactor.descriptor(of: firstSlot + link)
        guard passage >= 0 else { return }
        while links[link].waitingCount > 0 {
            let message = links[link].waiting[links[link].firstWaiting]
            // Whatever else is wrong is told as the end of the passage.
            guard Passage.send(message, over: passage) == 0 else { return links[link].forgetSent() }
            message.close()
            links[link].firstWaiting += 1
        }
        links[link].waiting.removeAll()
        links[link].firstWaiting = 0
    }

    /// What passage `link` says next; nil when that is nothing.
    mutating func next(_ link: Int, _ reactor: inout Reactor) -> News? {
        let passage = reactor.descriptor(of: firstSlot + link)
        guard passage >= 0 else { return nil }
        switch Passage.receive(from: passage) {
        case .nothing: return nil
        case .message(let message) where message.isLeaving:
            links[link].isLeaving = true
            return .leaving
        case .message(let message):
            let count = min(UInt64(message.count), links[link].open[Int(message.gateway)])
            links[link].open[Int(message.gateway)] -= count
            links[link].total -= count
            return .over(message.gateway, count: count)
        case .ended:
            reactor.close(firstSlot + link)
            return .lost(giveUp(link))
        }
    }
}

extension PassageLinks {
    private func emptiest(_ candidates: Range<Int>, without refused: UInt64) -> Int? {
        var emptiest: Int?
        for candidate in candidates where refused >> UInt64(candidate - candidates.lowerBound) & 1 == 0 {
            if emptiest.map({ links[candidate].total < links[$0].total }) ?? true { emptiest = candidate }
        }
        return emptiest
    }

    private mutating func pass(_ message: Passage.Message, over link: Int, _ reactor: inout Reactor) -> Int32 {
        guard !links[link].isLeaving else { return ECONNREFUSED }
        let slot = firstSlot + link
        if reactor.descriptor(of: slot) < 0 {
            let passage = Passage.connect(to: links[link].path)
            // Nobody was ever there: to whoever asks that is the same as somebody who is gone.
            guard passage >= 0 else { return passage == -ENOENT ? ECONNREFUSED : -passage }
            let failure = reactor.attach(passage, to: slot, .outgoing)
            guard failure == 0 else { return failure }
        }
        let failure = links[link].waitingCount > 0 ? EAGAIN : Passage.send(message, over: reactor.descriptor(of: slot))
        switch failure {
        case 0: message.close()
        case EAGAIN where links[link].waitingCount < PassageLinks.mostWaiting: links[link].waiting.append(message)
        // The other end ended in this very moment; what it had is told by `next`.
        case EPIPE, ECONNRESET: return ECONNREFUSED
        default: return failure
        }
        links[link].open[Int(message.gateway)] += 1
        links[link].total += 1
        return 0
    }

    /// As when a process dies: whoever it had not accepted yet is reset.
    private mutating func giveUp(_ link: Int) -> [(gateway: GatewayID, count: UInt64)] {
        for message in links[link].waiting[links[link].firstWaiting...] { message.reset() }
        let lost = links[link].open.enumerated().filter { $0.element > 0 }
        links[link] = Link(path: links[link].path, open: [UInt64](repeating: 0, count: links[link].open.count))
        return lost.map { (GatewayID($0.offset), $0.element) }
    }
}
