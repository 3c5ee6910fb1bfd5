/// What the connections of one gateway have in common.
public struct GatewayPolicy: Sendable {
    /// The run's seed.
    public var seed: Seed
    /// From accept to login.
    public var loginTimeout: Span
    /// Silence after which the gateway closes a connection; nil is never.
    public var idleTimeout: Span?
    /// From one of its own beats to the next; nil where it does not beat. The first is spread over (0, interval].
    public var pingInterval: Span?
    /// The interval that it dictates to sessions when they log in, in milliseconds; 0 leaves them theirs.
    public var dictatedMilliseconds: UInt32
    /// Age at which it asks a session to go; nil is never.
    public var maxAge: Span?
    /// Ages are spread evenly over maxAge * (1 +- this), 0 ... 1, so that sessions of one age do not leave together.
    public var maxAgeJitter: Double
    /// How long a session that was asked to go may take.
    public var drain: Span
    /// The chance, 0 ... 1, that it asks a session to go after answering one of its requests. At p and a rate r of
    /// requests a connection lives for 1 / (p r) on average, and one without requests for ever.
    public var goawayChance: Double

    /// A policy from its parts.
    public init(
        seed: Seed = Seed(0),
        loginTimeout: Span = .seconds(5),
        idleTimeout: Span? = nil,
        pingInterval: Span? = nil,
        dictatedMilliseconds: UInt32 = 0,
        maxAge: Span? = nil,
        maxAgeJitter: Double = 0,
        drain: Span = .seconds(10),
        goawayChance: Double = 0
    ) {
        self.seed = seed
        self.loginTimeout = loginTimeout
        self.idleTimeout = idleTimeout
        self.pingInterval = pingInterval
        self.dictatedMilliseconds = dictatedMilliseconds
        self.maxAge = maxAge
        self.maxAgeJitter = maxAgeJitter
        self.drain = drain
        self.goawayChance = goawayChance
    }

    /// Whether it says nothing by itself to sessions that beat.
    public var isQuiet: Bool { pingInterval == nil && maxAge == nil && dictatedMilliseconds == 0 }

    /// Whether a session is asked to go after the answer to its request number `message`.
    func shedsAfter(_ message: UInt32, of session: SessionID) -> Bool {
        guard goawayChance > 0 else { return false }
        // The session's messages and requests have the counters below.
        return unitDouble(seed.draw(.workload, actor: session, 2 << 32 | UInt64(message))) < goawayChance
    }

    /// The shortest age at which a session is asked to go; nil is never.
    public var shortestAge: Span? { maxAge.map { $0.scaled(by: 1 - maxAgeJitter) } }

    /// The age at which this connection is asked to go; nil is never.
    func age(of session: SessionID, _ ordinal: Ordinal) -> Span? {
        guard let maxAge else { return nil }
        let unit = unitDouble(seed.draw(.maxAge, actor: session, UInt64(ordinal)))
        return maxAge.scaled(by: 1 + maxAgeJitter * (2 * unit - 1))
    }

    /// How long after its login a connection gets its first beat.
    func firstPing(of session: SessionID, _ ordinal: Ordinal) -> Span? {
        // The session's own first beat has the counters below.
        let counter = 1 << 32 | UInt64(ordinal)
        return pingInterval.map { $0.scaled(by: 1 - unitDouble(seed.draw(.firstBeat, actor: session, counter))) }
    }
}
