import CHoldfastMemory
import HoldfastCore
import HoldfastResult

/// A session, and what the simulator keeps of it beside: four cache lines, which it has to itself and which come
/// together, because with millions of them nearly every event finds them far away.
struct Seat {
    var session: Session
    /// The connection as its gateway sees it.
    var link = Link()
    /// The instant of the earliest waiting deadline event; `never` without one.
    var armed = Instant.never
    /// Which part of the run keeps its accounts.
    var segment: UInt16 = 0
    /// Its group in the plan.
    var group: UInt16 = 0
    /// Whether its beats are counted in closed form for now.
    var isSkipping = false
    /// Whether it was ever admitted.
    var hasBeenAdmitted = false
    /// Whether its first segment, which nothing can keep from arriving, is on its way; the event of its deadline is
    /// left out until then.
    var isConnectUnderWay = false
    /// Its outage while it is out.
    var outage = DisconnectLog.OpenOutage.none
    /// Up to 256 bytes.
    private var room: UInt64 = 0

    init(_ session: Session, segment: UInt16) {
        self.session = session
        self.segment = segment
    }
}

extension UnsafeMutablePointer<Seat> {
    /// Where the connection of session `id` is; seats never move.
    func link(of id: Int) -> UnsafeMutablePointer<Link> { withUnsafeMutablePointer(to: &self[id].link) { $0 } }

    /// Asks for the memory of a seat that will be of interest soon.
    @inline(__always)
    func prefetch() {
        let seat = UnsafeRawPointer(self)
        for line in stride(from: 0, to: MemoryLayout<Seat>.stride, by: 64) { holdfast_prefetch(seat + line) }
    }
}

/// One connection on its gateway.
struct Link {
    /// The gateway's brain.
    var connection = GatewayConnection(acceptedAt: .zero, policy: GatewayPolicy())
    /// Where it is.
    var gateway = noGateway
    /// The session's ordinal of it.
    var ordinal: Ordinal = 0
    /// Whether the gateway holds it.
    var isOpen = false
    /// Whether it came through the balancer.
    var isBalanced = false
    /// Whether the balancer's present process does not know of it.
    var isInherited = false
    /// When the gateway's program accepted it, or will.
    var acceptedAt = Instant.zero
    /// The instant of the earliest waiting deadline event; `never` without one.
    var armed = Instant.never
}

/// One connection of one session.
struct LinkKey: Hashable, Comparable {
    var session: SessionID
    var ordinal: Ordinal

    static func < (left: LinkKey, right: LinkKey) -> Bool {
        (left.session, left.ordinal) < (right.session, right.ordinal)
    }
}
