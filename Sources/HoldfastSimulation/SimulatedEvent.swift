import HoldfastCore

/// One thing that will happen in virtual time; trivial, and small because millions of them wait at once.
struct SimulatedEvent {
    /// What happens, in the order of things at one instant: cut, fault, network, gateway, registry,
    /// session, business.
    enum Kind: UInt8 {
        /// Populations are counted; `session` is the plan second.
        case cut
        /// A step of the timeline; `session` is its number.
        case fault
        /// A message reaches a gateway, or what stands before it.
        case toGateway
        /// A message reaches a session.
        case toClient
        /// A kernel or a box on a connection's way may have reached a deadline.
        case path
        /// A gateway's connection may have reached its deadline.
        case gatewayDeadline
        /// Every gateway that can reports its connections to the registry.
        case report
        /// A session's turn in establishing.
        case start
        /// A session may have reached its deadline.
        case sessionDeadline
        /// The next of the attempts that wait for their turn may begin.
        case attempt
        /// A connection's natural end; `ordinal` counts the session's renewals.
        case lifetime
        /// Messages or requests of a session may be due.
        case business
    }

    /// What travels.
    enum Message: UInt8 {
        case none
        case connect
        /// A round trip of what is agreed on before the login; `frame` counts it.
        case handshake
        case hello
        /// The fleet hands a gateway a message to push.
        case push
        /// A login that has been worked on.
        case answeredHello
        case frame
        case accepted
        case refused
        /// The registry has no gateway to offer.
        case unrouted
        case unreachable
        /// The balancer's connect to a gateway has gone unanswered for as long as it may.
        case unanswered
        case fin
        case reset
        /// The fleet's directory of accounts: somebody logged in elsewhere.
        case duplicate

        /// Whether a kernel that does not know the connection answers with a reset.
        var isAnswered: Bool {
            switch self {
            case .fin, .reset, .push, .duplicate: false
            default: true
            }
        }
    }

    var at: Instant
    var kind: Kind
    var message = Message.none
    var session: SessionID = 0
    var ordinal: Ordinal = 0
    var frame = Frame.bye(.teardown)
    /// The order of insertion, set by the queue: between events that are alike otherwise.
    var number: UInt64 = 0

    /// The connection that it is about.
    var key: LinkKey { LinkKey(session: session, ordinal: ordinal) }

    /// Whether `session` is the number of a session.
    var isOfSession: Bool { rank > 1 && kind != .report && kind != .attempt }

    /// Whether this one comes first.
    @inline(__always)
    func precedes(_ other: SimulatedEvent) -> Bool {
        if at != other.at { return at < other.at }
        if rank != other.rank { return rank < other.rank }
        if session != other.session { return session < other.session }
        if ordinal != other.ordinal { return ordinal < other.ordinal }
        return number < other.number
    }

    private var rank: UInt8 {
        switch kind {
        case .cut: 0
        case .fault: 1
        case .toGateway, .toClient, .path: 2
        case .gatewayDeadline: 3
        case .report: 4
        case .start, .sessionDeadline, .attempt: 5
        // What a session does of itself at that instant is done before its connection ends.
        case .lifetime: 6
        case .business: 7
        }
    }
}

extension SimulatedEvent {
    /// Something about the connection `key`.
    init(_ kind: Kind, _ key: LinkKey, _ message: Message = .none, at: Instant, frame: Frame = .bye(.teardown)) {
        self.init(at: at, kind: kind, message: message, session: key.session, ordinal: key.ordinal, frame: frame)
    }
}
