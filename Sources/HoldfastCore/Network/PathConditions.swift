/// What a network does to messages in one direction, over and above its usual delay.
public struct PathConditions: Equatable, Sendable {
    /// Whether nothing passes.
    public var isCut = false
    /// The chance that a transmission is lost, 0 ... 1.
    public var loss = 0.0
    /// Added to the usual delay.
    public var delay = Span.zero
    /// At most this much more, evenly spread.
    public var jitter = Span.zero

    /// A network as it should be.
    public init() {}

    /// Both at once: each loss is tried, and delays add up.
    public mutating func add(_ other: PathConditions) {
        isCut = isCut || other.isCut
        loss = 1 - (1 - loss) * (1 - other.loss)
        delay = delay + other.delay
        jitter = jitter + other.jitter
    }

    /// What one transmission meets: nil when it is lost, else its additional delay. `draws` are two random words.
    public func meet(_ draws: (UInt64, UInt64)) -> Span? {
        if isCut || (loss > 0 && unitDouble(draws.0) < loss) { return nil }
        return jitter > .zero ? delay + jitter.scaled(by: unitDouble(draws.1)) : delay
    }
}

/// The ways along a connection that a disturbance can be on.
public enum PathDirection: String, CaseIterable, Sendable {
    /// Both ways.
    case both
    /// From the sessions on.
    case toGateway = "to-gateway"
    /// Back to the sessions.
    case toClient = "to-client"
}
