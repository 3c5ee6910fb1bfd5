import HoldfastCore

/// What happens for a while to the network between sessions and gateways.
public struct Disturbance: Equatable, Sendable {
    /// What it is.
    public enum Kind: String, CaseIterable, Sendable {
        /// Nothing passes.
        case partition
        /// A share of the transmissions is lost.
        case loss
        /// Everything takes longer.
        case delay
        /// All that is sent shares one slow line with a full buffer.
        case congest
        /// Resets do not arrive.
        case loseResets

        /// Its kind among all timeline events.
        public var faultKind: FaultKind {
            switch self {
            case .partition: .partition
            case .loss: .loss
            case .delay: .delay
            case .congest: .congest
            case .loseResets: .loseResets
            }
        }
    }

    /// What it is.
    public var kind: Kind
    /// Which way.
    public var direction: PathDirection
    /// Share of the transmissions that `loss` takes, 0 ... 1.
    public var loss: Double
    /// What `delay` adds to every transmission; real time.
    public var added: Span
    /// At most this much more, evenly spread; real time.
    public var jitter: Span
    /// Messages a second that `congest` lets through.
    public var ratePerSecond: Double
    /// Messages that wait for their turn at most.
    public var queue: Int
    /// How long it goes on; nil is until the end of the run.
    public var length: Span?

    /// A disturbance from its parts.
    public init(
        kind: Kind,
        direction: PathDirection = .both,
        loss: Double = 0,
        added: Span = .zero,
        jitter: Span = .zero,
        ratePerSecond: Double = 1,
        queue: Int = 1,
        length: Span?
    ) {
        self.kind = kind
        self.direction = direction
        self.loss = loss
        self.added = added
        self.jitter = jitter
        self.ratePerSecond = ratePerSecond
        self.queue = queue
        self.length = length
    }

    /// What it does to a transmission on its own.
    public var conditions: PathConditions {
        var conditions = PathConditions()
        conditions.isCut = kind == .partition
        conditions.loss = loss
        conditions.delay = added
        conditions.jitter = jitter
        return conditions
    }
}

/// Connections lose their way: whatever they send from then on does not reach the other end.
public struct Rerouting: Equatable, Sendable {
    /// What happened.
    public enum Kind: String, CaseIterable, Sendable {
        /// The client's address changes.
        case changeAddress
        /// The NAT forgets its entries.
        case expireNat
        /// The NAT gives its entries other addresses.
        case rebindNat
        /// The client moves to another network.
        case switchNetwork

        /// Its kind among all timeline events.
        public var faultKind: FaultKind {
            switch self {
            case .changeAddress: .changeAddress
            case .expireNat: .expireNat
            case .rebindNat: .rebindNat
            case .switchNetwork: .switchNetwork
            }
        }

        /// Whether it happens to the client, and not to a box on its way.
        public var isOfClient: Bool { self == .changeAddress || self == .switchNetwork }
    }

    /// What happened.
    public var kind: Kind
    /// Whether the client is told by its system, and so comes back at once.
    public var isKnown: Bool
    /// The network that the client moves to: a middlebox preset, or ``home``; nil stays behind the same middlebox.
    public var network: String?

    /// The network of `target.middlebox`, where every session begins.
    public static let home = "home"
    /// Every network that a client can move to.
    public static let networks = [home] + MiddleboxPolicy.presets.keys.sorted()

    /// A rerouting from its parts.
    public init(kind: Kind, isKnown: Bool, network: String? = nil) {
        self.kind = kind
        self.isKnown = isKnown
        self.network = network
    }
}
