import HoldfastCore
import HoldfastPlan
import HoldfastReactor

/// Lines that are cut and mended, resets that are lost, and entries that are forgotten all of a sudden.
///
/// A cut line is the kernel's: it drops what arrives on either side, so that both ends' kernels send it again until it
/// is mended. New connections cannot be made where nobody's can; else they are accepted, and get no further.
extension MiddleboxServer {
    /// What `impairment` says goes on from now.
    mutating func begin(_ impairment: Impairment, _ reactor: inout Reactor) {
        impairments.append(impairment)
        impairAll(&reactor)
    }

    /// It is over.
    mutating func end(_ fault: Int, _ reactor: inout Reactor) {
        impairments.removeAll { $0.fault == fault }
        impairAll(&reactor)
    }

    /// The flows that `impairment` is about lose their way, and nobody is told. Where it is the entry that went, the
    /// table's own rule says what becomes of packets that are too late; else they vanish.
    mutating func sever(_ impairment: Impairment, isForgotten: Bool, _ reactor: inout Reactor) {
        for flow in 0..<carrier.flows.end where carrier.flows.contains(flow) {
            let present = carrier.flows[flow]
            guard present.isOpen, !present.isExpired, impairment.hits(present, through: entrance(of: flow))
            else { continue }
            leave(present.table)
            carrier.flows[flow].isSevered = !isForgotten
            carrier.forget(flow, &reactor)
        }
    }

    /// Does to a flow what happens to it now.
    mutating func impair(_ flow: Int, _ reactor: inout Reactor) {
        guard !impairments.isEmpty || carrier.flows[flow].isImpaired else { return }
        let present = carrier.flows[flow]
        let hits = impairments.filter { $0.hits(present, through: entrance(of: flow)) }.compactMap(\.disturbance)
        let cuts = hits.filter { $0.kind == .partition }.map(\.direction)
        carrier.flows[flow].losesResets = hits.contains { $0.kind == .loseResets }
        guard present.isOpen else {
            // One that is being connected goes on, and is cut then.
            if reactor.descriptor(of: 2 * flow + 1) < 0 { carrier.flows[flow].isWaiting = !cuts.isEmpty }
            return
        }
        let isClientCut = cuts.contains { $0 != .toClient }
        let isGatewayCut = cuts.contains { $0 != .toGateway }
        if isClientCut != present.isClientCut { dropIncoming(2 * flow, isClientCut, reactor) }
        if isGatewayCut != present.isGatewayCut { dropIncoming(2 * flow + 1, isGatewayCut, reactor) }
        carrier.flows[flow].isClientCut = isClientCut
        carrier.flows[flow].isGatewayCut = isGatewayCut
        guard present.isExpired, present.losesResets, !carrier.flows[flow].losesResets else { return }
        // Whoever has spoken meanwhile gets an answer now.
        for slot in [2 * flow, 2 * flow + 1] where reactor.descriptor(of: slot) >= 0 { reactor.watch(slot, .incoming) }
    }

    private mutating func impairAll(_ reactor: inout Reactor) {
        for (number, entrance) in surroundings.entrances.enumerated() {
            let isCut = impairments.contains { $0.disturbance?.kind == .partition && $0.isOfAll(entrance) }
            dropIncoming(firstListener + number, isCut, reactor)
        }
        for flow in 0..<carrier.flows.end where carrier.flows.contains(flow) {
            let wasWaiting = carrier.flows[flow].isWaiting
            impair(flow, &reactor)
            if wasWaiting, !carrier.flows[flow].isWaiting { connect(flow, &reactor) }
        }
    }

    private func entrance(of flow: Int) -> Entrance { surroundings.entrances[Int(carrier.flows[flow].gateway)] }

    private func dropIncoming(_ slot: Int, _ isDropping: Bool, _ reactor: borrowing Reactor) {
        let descriptor = reactor.descriptor(of: slot)
        if descriptor >= 0 { _ = Socket.dropIncoming(descriptor, isDropping) }
    }
}
