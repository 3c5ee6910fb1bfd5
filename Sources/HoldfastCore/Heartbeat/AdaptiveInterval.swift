/// The interval that a client has found out for one network: Tencent's Mars (`mars/stn/src/smart_heartbeat.cc`).
///
/// It starts at the minimum, steps up after a series of answered beats, and after repeated failures falls back to a
/// little less than the last interval that held. What it learns outlives connections; `Connection` does not.
public struct AdaptiveInterval: Hashable, Sendable {
    /// The constants of one release.
    public struct Constants: Hashable, Sendable {
        /// Where it starts, and what it uses in the foreground.
        public var minimum: Span
        /// Upper bound; the longest interval really used is a margin below.
        public var maximum: Span
        /// One step up while searching.
        public var step: Span
        /// Taken off on settling, and the size of a later probe upwards.
        public var margin: Span
        /// Counted successes at one interval before the next step.
        public var successesPerStep: Int
        /// Failures at one interval before it is given up.
        public var failuresToFallBack: Int
        /// Answered beats at the minimum on every new connection before anything is learnt.
        public var trustBeats: Int
        /// A settled interval is probed upwards after this long.
        public var probeAfter: Span

        /// `mars/stn/config.h` of 2025.
        public static let mars = Constants(
            minimum: .seconds(210),
            maximum: .seconds(600),
            step: .seconds(60),
            margin: .seconds(20),
            successesPerStep: 5,
            failuresToFallBack: 2,
            trustBeats: 3,
            probeAfter: .seconds(7 * 86_400)
        )
        /// Earlier releases.
        public static let marsOld = Constants(
            minimum: .seconds(270),
            maximum: .seconds(590),
            step: .seconds(60),
            margin: .seconds(20),
            successesPerStep: 3,
            failuresToFallBack: 3,
            trustBeats: 3,
            probeAfter: .seconds(7 * 86_400)
        )

        /// The longest interval that is ever used.
        public var longest: Span { maximum - margin }
    }

    /// What one TCP connection adds: beats that were answered, and the interval before the last one.
    public struct Connection: Hashable, Sendable {
        fileprivate var answered = 0
        fileprivate var last: Span?

        /// A new connection.
        public init() {}
    }

    /// What became of one beat.
    public enum Outcome: Sendable {
        case answered
        /// No answer in time.
        case timedOut
        /// The connection ended for another reason while the beat was outstanding.
        case disconnected
    }

    /// The interval found so far.
    public private(set) var current: Span
    /// Whether the search is over.
    public private(set) var isSettled = false
    private var successes = 0
    private var failures = 0
    private var settledAt = Instant.zero
    private let constants: Constants

    /// A network that nothing is known of.
    public init(_ constants: Constants) {
        self.constants = constants
        current = constants.minimum
    }

    /// The wait before the next beat on `connection`.
    public func next(on connection: Connection, isForeground: Bool = false) -> Span {
        if isForeground || connection.answered < constants.trustBeats { return constants.minimum }
        return min(max(current, constants.minimum), constants.longest)
    }

    /// Learns from a beat that was sent `waited` after the one before it (the minimum for the first).
    public mutating func note(_ outcome: Outcome, waited: Span, on connection: inout Connection, at now: Instant) {
        let before = connection.last
        connection.last = waited
        if outcome == .answered { connection.answered += 1 }
        // The first answers on a connection only show that there is a network.
        guard connection.answered > constants.trustBeats || outcome != .answered else { return }
        guard connection.answered >= constants.trustBeats, waited == current else { return }
        if outcome == .answered {
            failures = 0
            if before == waited { successes += 1 }
            succeed(now)
        } else {
            if outcome == .timedOut { successes = 0 }
            failures += 1
            fail(now)
        }
    }

    private mutating func succeed(_ now: Instant) {
        if isSettled {
            guard current < constants.longest, now - settledAt >= constants.probeAfter else { return }
            current = min(constants.longest, current + constants.margin)
            isSettled = false
            successes = 0
        } else if successes >= constants.successesPerStep {
            successes = 0
            guard current < constants.longest else { return settle(at: constants.longest, now) }
            current = min(constants.longest, current + constants.step)
        }
    }

    private mutating func fail(_ now: Instant) {
        guard current > constants.minimum, failures >= constants.failuresToFallBack else { return }
        failures = 0
        successes = 0
        if isSettled {
            current = constants.minimum
            isSettled = false
        } else {
            settle(at: max(constants.minimum, current - constants.step - constants.margin), now)
        }
    }

    private mutating func settle(at interval: Span, _ now: Instant) {
        current = interval
        isSettled = true
        settledAt = now
    }
}
