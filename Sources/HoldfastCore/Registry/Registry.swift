/// The list of gateways that a registry hands out: each that has reported within its time to live.
///
/// Whoever reads `list` says the time first (`refresh`); a registration counts until `ttl` after its report, and not at
/// that instant. With `.lastReport` that instant must have been reached by a report, anybody's: while there is no news
/// the list stays as it was.
public struct Registry: Sendable {
    /// The gateways handed out, ascending.
    public private(set) var list: [GatewayID] = []
    /// How often `list` has changed.
    public private(set) var version: UInt64 = 0
    /// Whether `list` is an old one because the present one was not believed.
    public private(set) var isProtected = false

    /// By what time registrations run out.
    public enum Timekeeping: Hashable, Sendable {
        /// The clock's.
        case clock
        /// That of the last report: a list that is somebody else's is as of his last word.
        case lastReport
    }

    private let ttl: Span
    private let protection: SelfProtection
    private let timekeeping: Timekeeping
    private var lastReport = Instant(nanoseconds: .min)
    private var registrations: [Registration?]
    /// Whether nothing reaches it.
    private var isPaused = false
    /// How many of those that are there it shows.
    private var shown = 1.0
    private var isOutdated = false
    private var nextExpiry = Instant.never

    /// An empty registry for `gateways` gateways, whose registrations live for `ttl`.
    public init(
        gateways: Int,
        ttl: Span,
        protection: SelfProtection = .half,
        timekeeping: Timekeeping = .clock
    ) {
        self.ttl = ttl
        self.protection = protection
        self.timekeeping = timekeeping
        registrations = [Registration?](repeating: nil, count: gateways)
    }

    /// `gateway` registers, or renews its registration; false when that did not arrive.
    @discardableResult
    public mutating func report(_ load: UInt64, of gateway: GatewayID, at time: Instant) -> Bool {
        guard !isPaused else { return false }
        let known = registrations[Int(gateway)]
        if isProtected || known.map({ time >= $0.expiry(ttl: ttl) }) ?? true { isOutdated = true }
        registrations[Int(gateway)] = Registration(load: load, reportedAt: time)
        lastReport = max(lastReport, time)
        nextExpiry = min(nextExpiry, time + ttl)
        return true
    }

    /// `gateway` says that it leaves.
    public mutating func remove(_ gateway: GatewayID) {
        guard !isPaused, registrations[Int(gateway)] != nil else { return }
        registrations[Int(gateway)] = nil
        isOutdated = true
    }

    /// Whether its list is as of a last word that it keeps.
    public var isCutOff: Bool { isPaused && timekeeping == .lastReport }

    /// From now on nothing reaches it, or everything does again.
    public mutating func pause(_ isPaused: Bool) { self.isPaused = isPaused }

    /// From now on it shows this share of the gateways that are there, those with the lowest ids; 1 shows all.
    public mutating func show(_ share: Double) {
        shown = share
        isOutdated = true
    }

    /// Brings `list` up to `now`.
    public mutating func refresh(now: Instant) {
        let now = timekeeping == .clock ? now : min(now, lastReport)
        guard isOutdated || now >= nextExpiry else { return }
        isOutdated = false
        nextExpiry = .never
        var alive: [GatewayID] = []
        for (gateway, registration) in registrations.enumerated() {
            guard let expiry = registration?.expiry(ttl: ttl), now < expiry else { continue }
            nextExpiry = min(nextExpiry, expiry)
            alive.append(GatewayID(gateway))
        }
        let count = Int((shown * Double(alive.count) + 0.5).rounded(.down))
        isProtected = !protection.accepts(count, insteadOf: list.count)
        let next = Array(alive.prefix(count))
        guard !isProtected, next != list else { return }
        list = next
        version += 1
    }

    /// How old the last report of `gateway` is; nil for one that never registered, or has left.
    public func age(of gateway: GatewayID, now: Instant) -> Span? { registrations[Int(gateway)]?.age(now: now) }
}
