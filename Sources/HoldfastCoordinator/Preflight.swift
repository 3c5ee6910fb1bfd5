import HoldfastCore
import HoldfastLab
import HoldfastPlan

/// What a run needs of this machine, computed before anything is started.
struct Preflight {
    /// Number of worker processes.
    var workers: Int
    /// Where gateways listen, each on its own address.
    var gatewayPort: UInt16
    /// Where the balancer listens.
    var balancerPort: UInt16
    /// The plan with what this machine forces on it.
    var plan: Plan

    /// Sessions that one worker holds at most, below the descriptor limit of small machines.
    private static let sessionsPerWorker = 15_000
    /// Descriptors of a process beside its connections.
    private static let overhead = 64

    /// Checks the plan against the machine.
    init(plan: Plan) throws(StartFailure) {
        let limit = SystemLimits.raiseDescriptors()
        var plan = plan
        let taken = WildcardListeners.current()
        plan.excludedPorts = Array(Set(plan.excludedPorts).union(taken)).sorted()
        self.plan = plan
        workers =
            plan.workers ?? max(1, (plan.sessions + Preflight.sessionsPerWorker - 1) / Preflight.sessionsPerWorker)
        try Preflight.check(plan, workers: workers, descriptors: limit)
        let addresses = (0..<plan.target.gateways).map { dottedQuad(FleetAddressing.gateway(GatewayID($0))) }
        do {
            gatewayPort = try FreePort.find(on: addresses)
            balancerPort = try FreePort.find(on: [dottedQuad(FleetAddressing.balancer)])
        } catch {
            throw StartFailure(error.description)
        }
    }

    private static func check(_ plan: Plan, workers: Int, descriptors limit: Int) throws(StartFailure) {
        let perWorker = (plan.sessions + workers - 1) / workers
        let perSession = plan.vanishes ? 2 : 1
        try need(perSession * perWorker + overhead, of: "a worker of \(perWorker) sessions", limit, "use more workers")
        if plan.target.via == .haproxy {
            let room = HAProxyConfiguration.maximumConnections(
                descriptorLimit: SystemLimits.current().descriptorsHard,
                servers: plan.target.gateways
            )
            guard plan.sessions <= room else {
                throw StartFailure("HAProxy can carry \(room) sessions here, not \(plan.sessions); use fewer sessions")
            }
        }
        if plan.target.via == .embedded {
            let need = 2 * plan.sessions + overhead
            try Preflight.need(
                need,
                of: "a proxy of \(plan.sessions) sessions",
                limit,
                "use fewer sessions or via: client"
            )
        }
        // With one gateway down, the others hold everything.
        let left = max(1, plan.target.gateways - 1)
        let perGateway = (plan.sessions + left - 1) / left
        try need(perGateway + overhead, of: "a gateway of \(perGateway) sessions", limit, "use more gateways")
        let ports = SourceAddressing(
            crowd: plan.target.crowd,
            low: EphemeralRange.current().low,
            excluded: plan.excludedPorts
        )
        guard let ports else {
            throw StartFailure("no source ports for \(plan.target.crowd) sessions an address; lower target.crowd")
        }
        guard plan.sessions <= ports.sessionLimit else {
            throw StartFailure(
                "\(plan.sessions) sessions need more source addresses than there are "
                    + "(\(ports.sessionLimit) sessions fit); raise target.crowd"
            )
        }
    }

    private static func need(
        _ descriptors: Int,
        of what: String,
        _ limit: Int,
        _ remedy: String
    ) throws(StartFailure) {
        guard descriptors > limit else { return }
        throw StartFailure(
            "\(what) needs \(descriptors) descriptors, the limit is \(limit); raise it (ulimit -n) or \(remedy)"
        )
    }
}

extension Plan {
    /// Whether sessions let connections vanish, which then keep their descriptors beside the next one.
    fileprivate var vanishes: Bool {
        timeline.contains { event in
            if case .drop(let drop) = event.action { drop.manner == .vanish && drop.side == .client } else { false }
        }
    }
}
