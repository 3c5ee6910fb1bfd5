import HoldfastCore

/// One gateway stopped by one event, as planned.
public struct PlannedOutage: Equatable, Sendable {
    /// Which gateway.
    public var gateway: GatewayID
    /// When it is stopped, from t0; plan time.
    public var begin: Span
    /// The earliest time at which it runs again; `Span(nanoseconds: .max)` is never.
    public var end: Span
}

extension TimelineEvent {
    /// The gateways that this event stops, in the order in which it does; none for what leaves
    /// gateways alone.
    ///
    /// For a rolling restart the i-th gateway of the scope stops at `at + i * every`. A graceful stop takes up to
    /// `gateway.drain` longer than `end` says.
    public var outages: [PlannedOutage] {
        let gateways = scope.gateways ?? []
        let never = Span(nanoseconds: .max)
        switch action {
        case .drop, .kick, .resume, .registry, .disturb, .reroute, .foreground, .scale, .reloadBalancer: return []
        case .freeze(let length), .kill(let length), .crash(let length), .stall(let length), .overload(_, let length),
            .drain(_, let length):
            return gateways.map { PlannedOutage(gateway: $0, begin: at, end: length.map { at + $0 } ?? never) }
        case .restart(let restart):
            return gateways.map { PlannedOutage(gateway: $0, begin: at, end: at + restart.down) }
        case .rollingRestart(let restart, let every):
            return gateways.enumerated().map { position, gateway in
                let begin = at + every * Int64(position)
                return PlannedOutage(gateway: gateway, begin: begin, end: begin + restart.down)
            }
        }
    }
}

extension Plan {
    /// The most gateways that the timeline has out of service at any time.
    public var mostGatewaysDown: Int {
        let outages = timeline.flatMap(\.outages)
        return outages.map { now in
            Set(outages.filter { $0.begin <= now.begin && now.begin < $0.end }.map(\.gateway)).count
        }.max() ?? 0
    }

    /// The most sessions that so many gateways have between them: what is even with as many others down as the timeline
    /// has at any time, one at least; `first` fills one after the other.
    public func sessions(onFullest gateways: Int, among sessions: Int) -> Int {
        if target.algorithm == .first {
            let (room, isMore) = (target.gateway.capacity ?? sessions).multipliedReportingOverflow(by: gateways)
            return isMore ? sessions : min(sessions, room)
        }
        let left = max(1, target.gateways - max(1, mostGatewaysDown))
        return gateways < left ? (sessions * gateways + left - 1) / left : sessions
    }

    /// The live processes that each gateway consists of.
    public var gatewayProcesses: Int { target.gateway.shards ?? 1 }

    /// The live processes that carry connections for the embedded balancer, which picks for all of them; 0 where it has
    /// them itself, or none.
    public var balancerCarriers: Int {
        let shards = target.balancer.shards ?? 1
        return hasEmbeddedBalancer && target.balancer.mode == .proxy && shards > 1 ? shards : 0
    }

    /// Whether the embedded balancer gives its clients to the gateways.
    public var handsOff: Bool { hasEmbeddedBalancer && target.balancer.mode == .handoff }

    /// The rank of a session among all sessions for the choice of a fault's victims: the lowest ranks are chosen.
    ///
    /// Ranks are a permutation of `0 ..< population(ofFault:)`, alike in every process. Nobody outside of the scope's
    /// group has one: `UInt32.max`.
    public func rank(of session: SessionID, fault: Int) -> UInt32 {
        let seed = Seed(seed)
        guard let group = timeline[fault].scope.group else {
            return seed.permute(.select, salt: UInt32(fault), count: UInt32(sessions), session)
        }
        guard let place = place(of: session, inGroup: group) else { return .max }
        return seed.permute(.select, salt: UInt32(fault), count: UInt32(sessions(ofGroup: group)), place)
    }

    /// The rank of a session among all for those that a gateway sheds: the lowest ranks go first.
    public func rankForShedding(_ session: SessionID) -> UInt32 {
        guard session < sessions else { return .max }
        return Seed(seed).permute(.select, salt: .max, count: UInt32(sessions), session)
    }

    /// The sessions among which a fault without a gateway in its scope chooses.
    public func population(ofFault fault: Int) -> Int {
        timeline[fault].scope.group.map(sessions(ofGroup:)) ?? sessions
    }

    /// How many sessions a fault without a gateway in its scope chooses: those with a rank below this.
    public func victims(fault: Int) -> Int { timeline[fault].scope.share.victims(of: population(ofFault: fault)) }

    /// Whether a fault without a gateway in its scope chooses a session, wherever that is.
    public func isVictim(_ session: SessionID, fault: Int) -> Bool {
        Int(rank(of: session, fault: fault)) < victims(fault: fault)
    }
}

extension ReconnectPolicy {
    /// The longest wait before the first attempt after a disconnect.
    public var longestFirstDelay: Span { delay.longestFirst }
}
