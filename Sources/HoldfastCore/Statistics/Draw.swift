/// What a draw is for. Raw values are part of every seed's meaning and are never renumbered.
public enum Purpose: UInt64, CaseIterable, Sendable {
    case lifetime = 1
    case firstBeat = 2
    case backoff = 3
    case clientPick = 4
    case balancerPick = 5
    case select = 6
    case interval = 7
    case group = 8
    case workload = 9
    case network = 10
    case maxAge = 11
    case export = 12
    case swarm = 13
    case subset = 14
    case report = 15
}

/// The seed of a run: every random number is a function of (seed, purpose, actor, counter).
public struct Seed: Hashable, Sendable {
    /// 0 ... 2^53 - 1.
    public var value: UInt64

    /// The seed `value`.
    @inlinable
    public init(_ value: UInt64) { self.value = value }

    /// The stream of `actor` for `purpose`; a session's actor is its id.
    @inlinable
    public func stream(_ purpose: Purpose, actor: UInt32) -> DrawStream {
        let key = mix64(mix64(value &+ goldenGamma) ^ (purpose.rawValue << 32 | UInt64(actor)))
        return DrawStream(key: key)
    }

    /// One draw of `actor` for `purpose` at `counter`.
    @inlinable
    public func draw(_ purpose: Purpose, actor: UInt32, _ counter: UInt64) -> UInt64 {
        stream(purpose, actor: actor).draw(counter)
    }
}

/// Random access to one actor's draws for one purpose: no state, no order.
public struct DrawStream: Hashable, Sendable {
    @usableFromInline
    let key: UInt64

    @inlinable
    init(key: UInt64) { self.key = key }

    /// The draw at `counter`.
    @inlinable
    public func draw(_ counter: UInt64) -> UInt64 { mix64(key &+ (counter &+ 1) &* goldenGamma) }
}

/// What kind of process an actor that is not a session is.
public enum ActorKind: UInt32, Sendable {
    case gateway = 0
    case balancer = 1
    case exporter = 2
}

/// The actor number of a gateway, balancer or exporter; never that of a session.
@inlinable
public func actor(_ kind: ActorKind, _ id: UInt32) -> UInt32 { 0x8000_0000 | kind.rawValue << 24 | id }

/// `bits` as a double in [0, 1).
@inlinable
public func unitDouble(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }

/// `bits` as a whole number below `count`: the high word of the product.
@inlinable
public func below(_ count: UInt64, _ bits: UInt64) -> UInt64 { bits.multipliedFullWidth(by: count).high }

/// `bits` as an exponentially distributed span with this mean.
public func exponential(mean: Span, _ bits: UInt64) -> Span { mean.scaled(by: -ln(1 - unitDouble(bits))) }
