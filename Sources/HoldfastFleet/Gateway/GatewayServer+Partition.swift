import HoldfastCore
import HoldfastReactor

/// A gateway whose lines are cut. Its kernel drops what arrives, so that its peers' kernels send it again and again,
/// and what the program says stays here until they are mended.
extension GatewayServer {
    /// Cuts its lines one way, or both. Whichever it is, nobody can connect.
    mutating func cut(_ direction: PathDirection, _ reactor: borrowing Reactor) {
        cuts.append(direction)
        late.isSilent = late.isSilent || direction != .toGateway
        dropIncoming(reactor)
    }

    /// Mends what `cut` has done for one cut. What it has to say goes out when it is next asked for what is late.
    mutating func mend(_ direction: PathDirection, _ reactor: borrowing Reactor) {
        if let index = cuts.firstIndex(of: direction) { cuts.remove(at: index) }
        late.isSilent = cuts.contains { $0 != .toGateway }
        dropIncoming(reactor)
    }

    /// Whether nothing gets here.
    var isUnreachable: Bool { cuts.contains { $0 != .toClient } }

    private func dropIncoming(_ reactor: borrowing Reactor) {
        let listener = reactor.descriptor(of: listenerSlot)
        if listener >= 0 { _ = Socket.dropIncoming(listener, !cuts.isEmpty) }
        for slot in 0..<connections.end where connections.contains(slot) {
            _ = Socket.dropIncoming(reactor.descriptor(of: slot), isUnreachable)
        }
    }
}
