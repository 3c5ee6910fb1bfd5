import HoldfastCore
import HoldfastPlan

/// The parts that a world is made of.
extension World {
    static func segments(of plan: Plan, count: Int) -> UnsafeMutableBufferPointer<Segment> {
        let segments = UnsafeMutableBufferPointer<Segment>.allocate(capacity: count)
        _ = segments.initialize(from: (0..<count).map { Segment(plan: plan, index: $0, of: count) })
        return segments
    }

    /// A seat for each session, aligned to cache lines.
    static func seated(
        _ segments: UnsafeMutableBufferPointer<Segment>,
        count: Int
    ) -> UnsafeMutablePointer<Seat> {
        let bytes = count * MemoryLayout<Seat>.stride
        let seats = LargeMemory.allocate(byteCount: bytes).bindMemory(to: Seat.self, capacity: count)
        for (index, segment) in segments.enumerated() {
            for id in segment.sessions {
                seats.advanced(by: Int(id)).initialize(to: Seat(Session(id: id), segment: UInt16(index)))
            }
        }
        return seats
    }

    static func gateways(_ target: Target, most: Int) -> UnsafeMutableBufferPointer<SimulatedGateway> {
        let gateways = UnsafeMutableBufferPointer<SimulatedGateway>.allocate(capacity: most)
        var gateway = SimulatedGateway()
        gateway.door = FrontDoor(
            ratePerSecond: target.gateway.acceptRatePerSecond,
            loginTime: target.gateway.loginTime,
            backlog: target.gateway.backlog
        )
        gateway.shedding = target.gateway.shed.map(Shedding.init)
        gateways.initialize(repeating: gateway)
        // They are added later.
        for index in target.gateways..<most {
            gateways[index].isRunning = false
            gateways[index].isListening = false
        }
        return gateways
    }

    /// What clients learn, with a heartbeat that adapts in any group; empty otherwise.
    static func adaptive(_ plan: Plan) -> [AdaptiveHeartbeat] {
        let policies = plan.plansOfGroups.map { $0.realTime.heartbeat }
        guard policies.contains(where: { $0.strategy == .adaptive }) else { return [] }
        guard !plan.groups.isEmpty else {
            return Array(repeating: AdaptiveHeartbeat(policies[0].adaptive), count: plan.sessions)
        }
        return (0..<plan.sessions).map { AdaptiveHeartbeat(policies[plan.group(of: UInt32($0))].adaptive) }
    }

    static func business(_ plan: Plan) -> [Business] {
        plan.workload.isEmpty ? [] : Array(repeating: Business(), count: plan.sessions)
    }

    /// Whether gateways leave sessions of a group alone that beat.
    static func isQuiet(_ group: SimulatedGroup) -> Bool {
        let longestSilence = group.policy.heartbeat.longestInterval + Simulation.networkDelay * 2
        return group.gatewayPolicy.isQuiet && group.gatewayPolicy.idleTimeout.map { $0 > longestSilence } ?? true
    }
}
