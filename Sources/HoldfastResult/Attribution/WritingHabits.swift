import HoldfastCore
import HoldfastPlan

/// What the plan says about the sessions of one group that an idle rule is about: how long their gateways wait, how
/// often they write, and how long it takes to get there. Real time.
struct WritingHabits: Sendable {
    /// Silence after which their gateways end a connection; nil is never.
    let idleTimeout: Span?
    /// What a middlebox remembers of connections, by network; nil where nobody's are forgotten.
    private let middleboxes: [MiddleboxPolicy?]
    private let balancerTable: MiddleboxPolicy?
    private let seed: Seed
    private let heartbeat: HeartbeatPolicy
    private let dictated: Span?
    /// What the fleet writes unasked, and sessions because of it: receipts.
    private let push: PushPolicy?
    private let requestInterval: Span?
    /// By gateway id; empty without regions.
    private let roundTrips: [Span]

    /// The habits of everybody in `plan`, which is that of one group.
    init(plan: Plan) {
        let real = plan.realTime
        let gateway = GatewayPolicy(plan: plan)
        idleTimeout = gateway.idleTimeout
        middleboxes = [real.target.middlebox] + plan.otherMiddleboxes
        balancerTable = plan.hasBalancer ? real.target.balancer.table : nil
        seed = Seed(plan.seed)
        heartbeat = real.heartbeat
        let dictated = gateway.dictatedMilliseconds
        self.dictated = dictated == 0 ? nil : .milliseconds(Int64(dictated))
        push = real.workload.push
        requestInterval = real.workload.request?.every
        roundTrips = WritingHabits.roundTrips(plan)
    }

    /// What a middlebox and the balancer remember of a connection from `network`, where they do not remember all.
    func tables(from network: Int) -> [MiddleboxPolicy] { [middleboxes[network], balancerTable].compactMap(\.self) }

    /// There and back between a session and a gateway; next to nothing where the plan does not say.
    func roundTrip(to gateway: GatewayID) -> Span {
        roundTrips.indices.contains(Int(gateway)) ? roundTrips[Int(gateway)] : .zero
    }

    /// From one beat of a session, or one answer to a beat, to its next at the latest; nil for who never beats.
    func beatInterval(of session: SessionID) -> Span? {
        let traits = heartbeat.strategy.traits
        var interval = traits.contains(.gatewaySends) ? heartbeat.interval : nil
        if traits.contains(.clientSends) {
            let own = heartbeat.strategy == .adaptive ? heartbeat.adaptive.longest : nil
            let drawn = own ?? heartbeat.interval(of: session, seed: seed)
            interval = min(interval ?? .never, dictated ?? drawn)
        }
        return interval
    }

    /// Whether a session may be silent for as long as its gateway waits, though nothing keeps away what it writes.
    ///
    /// When it last wrote is a fact where somebody noted it; then only what it writes in answer can have been kept from
    /// being written.
    func areSilent(for limit: Span, _ disconnect: Disconnect) -> Bool {
        if let interval = beatInterval(of: disconnect.session), interval < limit {
            // What it hears puts its beats off.
            guard heartbeat.strategy.traits.contains(.proofRearms), disconnect.lastWrite != nil,
                disconnect.at - disconnect.lastProofOfLife <= interval + roundTrip(to: disconnect.gateway)
            else { return false }
        }
        if disconnect.lastWrite == nil, let requestInterval, requestInterval < limit { return false }
        return true
    }

    /// Whether sessions write because something was pushed to them.
    var haveReceipts: Bool { push?.isAcknowledged == true }

    /// Whether a message to `session` was due between two instants of a run that began at `t0`: what nothing keeps away
    /// is sent then.
    func isPushed(to session: SessionID, after first: Instant, before last: Instant, t0: Instant?) -> Bool {
        guard let push, let t0, first < last else { return false }
        // Nobody who waits for so many messages on average ever gets none: the chance is exp(-20).
        let isCertain = push.until == nil && (last - first).nanoseconds / 20 > push.interval.nanoseconds
        if isCertain, first > t0 { return true }
        let start = push.bookmark(at: 0, of: session, seed: seed, t0: t0)
        func count(_ end: Instant) -> UInt64 { push.count(of: session, from: start, through: end, seed: seed, t0: t0) }
        return count(last - .tick) > count(first)
    }

    /// Whether the heartbeat's own rule ends connections to a gateway that answers at once: no answer can be in time.
    func failWithoutFault(to gateway: GatewayID) -> Bool {
        guard heartbeat.isDetectedByClient, case .misses(1, let timeout) = heartbeat.detection else { return false }
        return timeout < roundTrip(to: gateway)
    }

    private static func roundTrips(_ plan: Plan) -> [Span] {
        guard plan.target.regions != nil, let region = plan.groups.first?.region else { return [] }
        let (target, count) = (plan.target, plan.mostGateways)
        if target.via == .client { return target.roundTrips(from: region, toGateways: count).map { $0 ?? .zero } }
        let first = target.roundTripToBalancer(from: region) ?? .zero
        return target.roundTripsBehindBalancer(toGateways: count).map { first + ($0 ?? .zero) }
    }
}

extension Span {
    fileprivate static let never = Span(nanoseconds: .max)
}
