import HoldfastCore
import HoldfastPlan

/// What carrying a plan out live takes of this machine.
public struct MachineNeeds: Equatable, Sendable {
    /// Everything, what is vital first.
    public let all: [MachineNeed]

    /// Descriptors of a process beside its connections.
    private static let ownDescriptors = 64
    /// Bytes of a process beside its sessions: 42 MiB were the most of a gateway or a worker, 60 of the coordinator.
    private static let processBytes = 64 << 20
    /// Bytes of the kernel for both ends of a connection over the loopback device; 9.7 KB were measured.
    private static let pairBytes = 10 << 10
    /// Bytes of a session in its worker and of its connection in a gateway: what is promised at most.
    private static let sessionBytes = 1 << 10
    /// What the embedded gateways and balancers ask the kernel for.
    private static let acceptQueue = 4_096

    /// Sessions that one worker holds at most, below the descriptor limit of small machines.
    private static let sessionsPerWorker = 15_000

    /// The worker processes that `plan` is carried out with: as it says, else as few as can be.
    public static func workers(for plan: Plan, limits: SystemLimits) -> Int {
        if let workers = plan.workers { return workers }
        let least = max(1, (plan.sessions + sessionsPerWorker - 1) / sessionsPerWorker)
        return fewest(from: least, upTo: mostWorkers, limits) { workerDescriptors(for: plan, workers: $0) }
    }

    /// As many as a plan may ask for.
    private static let mostWorkers = 1_024

    /// Descriptors of the fullest of so many workers.
    private static func workerDescriptors(for plan: Plan, workers: Int) -> Int {
        (plan.sessions + workers - 1) / workers + plan.vanishedAtOnce(inOneOf: workers) + ownDescriptors
    }

    /// The processes that each gateway of `plan` consists of: as it says, else as few as can be when one gateway is
    /// down and the others hold everything.
    public static func gatewayProcesses(for plan: Plan, limits: SystemLimits) -> Int {
        if let shards = plan.target.gateway.shards { return shards }
        return fewest(upTo: mostShards, limits) { gatewayDescriptors(for: plan, processes: $0) }
    }

    /// The processes that carry connections for the embedded balancer of `plan`: as it says, else as few as can be; 1
    /// is the balancer itself.
    public static func balancerShards(for plan: Plan, limits: SystemLimits) -> Int {
        if let shards = plan.target.balancer.shards { return shards }
        if plan.target.via == .nginx {
            guard plan.target.balancer.instances == 1 else { return 1 }
            return fewest(upTo: mostShards, limits) { nginxDescriptors(for: plan, workers: $0) }
        }
        guard plan.hasEmbeddedBalancer, plan.target.balancer.mode == .proxy, plan.target.balancer.instances == 1 else {
            return 1
        }
        // One that is to forget its counts has its connections itself.
        if plan.timeline.contains(where: { $0.action == .reloadBalancer(keepCounts: false) }) { return 1 }
        return fewest(upTo: mostShards, limits) { carrierDescriptors(for: plan, shards: $0) }
    }

    /// The processes that the middlebox of `plan` consists of: as few as can be, none in a plan without one.
    public static func middleboxProcesses(for plan: Plan, limits: SystemLimits) -> Int {
        guard plan.hasMiddlebox else { return 0 }
        return fewest(upTo: mostMiddleboxes, limits) { middleboxDescriptors(for: plan, processes: $0) }
    }

    private static let mostMiddleboxes = 256

    /// Descriptors of one of so many processes: each has the same share of the sessions, and a listener before
    /// everybody.
    private static func middleboxDescriptors(for plan: Plan, processes: Int) -> Int {
        2 * ((plan.connections + processes - 1) / processes) + plan.middleboxListeners + ownDescriptors
    }

    /// nginx's workers: those that know nothing of each other, or those that share their counts.
    public static func nginxWorkers(for plan: Plan, limits: SystemLimits) -> Int {
        max(plan.target.balancer.instances, balancerShards(for: plan, limits: limits))
    }

    private static let mostShards = 64

    /// The least number of processes that keep within the limit, `most` if none does.
    private static func fewest(
        from least: Int = 1,
        upTo most: Int,
        _ limits: SystemLimits,
        descriptors: (Int) -> Int
    ) -> Int {
        var count = least
        while count < most, descriptors(count) > limits.descriptorsHard { count += 1 }
        return count
    }

    /// Descriptors of one of so many carriers, which are filled up evenly, or of the fullest instance.
    private static func carrierDescriptors(for plan: Plan, shards: Int) -> Int {
        // Whoever looks at gateways has a connection to each for that.
        let checks = plan.target.balancer.healthCheck.isActive ? plan.mostGateways : 0
        let instances = plan.target.balancer.instances
        let mean = (plan.connections + shards * instances - 1) / (shards * instances)
        return 2 * (mean + surplus(of: mean, processes: instances)) + checks + ownDescriptors
    }

    /// Descriptors of the fullest of so many of nginx's workers, to which the kernel deals connections by a hash.
    public static func nginxDescriptors(for plan: Plan, workers: Int) -> Int {
        let mean = (plan.connections + workers - 1) / workers
        return NginxConfiguration.descriptors(sessions: mean + surplus(of: mean, processes: workers), workers: workers)
    }

    /// What the fullest of processes has more than the mean where the kernel spreads connections by a hash: four
    /// standard deviations.
    private static func surplus(of mean: Int, processes: Int) -> Int {
        processes > 1 ? Int((4 * Double(mean).squareRoot()).rounded(.up)) : 0
    }

    /// Descriptors of the fullest of so many processes that are one gateway, with others down.
    private static func gatewayDescriptors(for plan: Plan, processes: Int) -> Int {
        let connections = plan.sessionsOnFullestGateway + plan.vanishedOnFullest
        let mean = (connections + processes - 1) / processes
        return mean + surplus(of: mean, processes: processes) + ownDescriptors
    }

    /// The needs of `plan` with so many workers.
    public init(plan: Plan, workers: Int, limits: SystemLimits, ephemeral: EphemeralRange) {
        let builder = MachineNeeds.Builder(plan: plan, workers: workers, limits: limits, ephemeral: ephemeral)
        all =
            [builder.worker] + builder.balancer + builder.middlebox + [builder.gateway, builder.sources]
            + builder.ports + [builder.files, builder.memory, builder.accepting] + builder.handshakes
            + builder.tracking
    }

    /// What a run cannot do without and is not there.
    public var missing: [MachineNeed] { all.filter { $0.isVital && $0.isShort } }

    /// What may hurt.
    public var doubtful: [MachineNeed] { all.filter { !$0.isVital && $0.isShort } }

    private struct Builder {
        let plan: Plan
        let workers: Int
        let limits: SystemLimits
        let ephemeral: EphemeralRange

        /// Connections of a session at once: a proxy makes two of one, and so does a middlebox.
        var connectionsPerSession: Int {
            let via = plan.target.via
            let isProxied = via.isForeign || via == .external || plan.hasEmbeddedBalancer && !plan.handsOff
            return 1 + (isProxied ? 1 : 0) + (plan.hasMiddlebox ? 1 : 0)
        }

        var worker: MachineNeed {
            let sessions = (plan.sessions + workers - 1) / workers
            let need = MachineNeeds.workerDescriptors(for: plan, workers: workers)
            return descriptors("a worker of \(sessions) sessions", need, "use more workers")
        }

        var balancer: [MachineNeed] {
            switch plan.target.via {
            case _ where plan.handsOff: return []
            case _ where plan.hasEmbeddedBalancer:
                let need = MachineNeeds.carrierDescriptors(for: plan, shards: balancerShards)
                let instances = plan.target.balancer.instances
                let count = max(balancerShards, instances)
                let parts = count > 1 ? " in \(count) processes" : ""
                let key = instances > 1 ? "instances" : plan.target.balancer.shards.map { _ in "shards" }
                let more = key.map { "more balancer.\($0), " } ?? ""
                let remedy = "use \(more)mode: handoff or via: client"
                return [descriptors("a proxy of \(plan.sessions) sessions\(parts)", need, remedy)]
            case .haproxy:
                let servers = plan.mostGateways
                let need = HAProxyConfiguration.descriptors(connections: plan.connections, servers: servers)
                return [descriptors("an HAProxy of \(plan.sessions) sessions", need, "use fewer sessions")]
            case .nginx:
                let workers = MachineNeeds.nginxWorkers(for: plan, limits: limits)
                let need = MachineNeeds.nginxDescriptors(for: plan, workers: workers)
                let who = "an nginx of \(plan.sessions) sessions in \(workers) \(workers == 1 ? "worker" : "workers")"
                let key = plan.target.balancer.instances > 1 ? "instances" : "shards"
                return [descriptors(who, need, "use more balancer.\(key) or fewer sessions")]
            default: return []
            }
        }

        var middlebox: [MachineNeed] {
            guard plan.hasMiddlebox else { return [] }
            let processes = middleboxProcesses
            let need = MachineNeeds.middleboxDescriptors(for: plan, processes: processes)
            let parts = processes > 1 ? " in \(processes) processes" : ""
            return [descriptors("a middlebox of \(plan.sessions) sessions\(parts)", need, "use fewer sessions")]
        }

        var middleboxProcesses: Int { MachineNeeds.middleboxProcesses(for: plan, limits: limits) }

        var balancerShards: Int { MachineNeeds.balancerShards(for: plan, limits: limits) }

        var gatewayProcesses: Int { MachineNeeds.gatewayProcesses(for: plan, limits: limits) }

        /// Processes that a run starts, itself included.
        var processes: Int {
            let balancers = max(plan.hasBalancer ? plan.target.balancer.instances : 1, balancerShards)
            return workers + plan.mostGateways * gatewayProcesses + 2 + (balancers > 1 ? balancers : 0)
                + (plan.target.registry.map { $0.source == .etcd ? 2 : 1 } ?? 0) + middleboxProcesses
        }

        /// With others down, of which there is always one, the fullest of those that are left.
        var gateway: MachineNeed {
            let sessions = plan.sessionsOnFullestGateway
            let need = MachineNeeds.gatewayDescriptors(for: plan, processes: gatewayProcesses)
            let parts = gatewayProcesses > 1 ? " in \(gatewayProcesses) processes" : ""
            let remedy = plan.target.gateway.shards == nil ? "use more gateways" : "use more gateway.shards"
            return descriptors("a gateway of \(sessions) sessions\(parts)", need, remedy)
        }

        var addressing: SourceAddressing? {
            SourceAddressing(crowd: plan.target.crowd, low: ephemeral.low, excluded: plan.excludedPorts)
        }

        var sources: MachineNeed {
            MachineNeed(
                what: "sessions with source ports of their own, \(plan.target.crowd) to an address",
                need: plan.sessions,
                have: addressing?.sessionLimit ?? 0,
                remedy: addressing == nil ? "lower target.crowd" : "raise target.crowd"
            )
        }

        /// The port of a connection that vanished is not used again while the other end believes in it.
        var ports: [MachineNeed] {
            guard !plan.vanishEvents.isEmpty else { return [] }
            return [
                MachineNeed(
                    what: "source ports of a session, one for each connection that vanishes and one more",
                    need: 1 + plan.vanishEvents.count,
                    have: Int(addressing?.portsPerSession ?? 0),
                    remedy: "lower target.crowd"
                )
            ]
        }

        var files: MachineNeed {
            let need = 2 * connectionsPerSession * plan.connections + processes * MachineNeeds.ownDescriptors
            return MachineNeed(
                what: "files that all processes have open",
                need: need,
                have: limits.files.left,
                remedy: "sysctl -w fs.file-max=\(need.addingReportingOverflow(limits.files.used).partialValue)"
            )
        }

        var memory: MachineNeed {
            let state = Int(plan.target.gateway.stateBytes ?? 0)
            let session = MachineNeeds.sessionBytes + state
            let connection = connectionsPerSession * MachineNeeds.pairBytes
            return MachineNeed(
                what: "memory for \(plan.sessions) sessions and \(processes) processes",
                need: plan.sessions * session + plan.connections * connection
                    + processes * MachineNeeds.processBytes,
                have: limits.memoryAvailableBytes,
                unit: .bytes,
                remedy: "use fewer sessions, or end what else uses memory"
            )
        }

        var accepting: MachineNeed {
            MachineNeed(
                what: "connections that a listener keeps until they are accepted",
                need: acceptQueue,
                have: limits.acceptQueue,
                isVital: false,
                remedy: "sysctl -w net.core.somaxconn=\(acceptQueue)"
            )
        }

        /// What our gateways and balancers ask the kernel for; a gateway's own limit is of the plan.
        private var acceptQueue: Int { max(MachineNeeds.acceptQueue, plan.target.gateway.backlog) }

        /// As many as may wait to be accepted: an establishment or a storm brings them at once.
        var handshakes: [MachineNeed] {
            guard let have = limits.handshakes else { return [] }
            return [
                MachineNeed(
                    what: "connections of a listener that may be in their handshake",
                    need: MachineNeeds.acceptQueue,
                    have: have,
                    isVital: false,
                    remedy: "sysctl -w net.ipv4.tcp_max_syn_backlog=\(MachineNeeds.acceptQueue)"
                )
            ]
        }

        /// Whether the loopback device is tracked at all depends on rules that are not looked at.
        var tracking: [MachineNeed] {
            guard let tracked = limits.trackedConnections else { return [] }
            // Once more for those that are over and not forgotten yet.
            let need = 2 * connectionsPerSession * plan.connections
            let command = "sysctl -w net.netfilter.nf_conntrack_max=\(need + tracked.used)"
            return [
                MachineNeed(
                    what: "connections that the kernel tracks, if it tracks these",
                    need: need,
                    have: tracked.left,
                    isVital: false,
                    remedy: command
                )
            ]
        }

        private func descriptors(_ whose: String, _ need: Int, _ remedy: String) -> MachineNeed {
            MachineNeed(
                what: "descriptors of \(whose)",
                need: need,
                have: limits.descriptorsHard,
                remedy: "raise the limit (ulimit -Hn \(need)) or \(remedy)"
            )
        }
    }
}

extension Plan {
    /// Sessions have one each, and may have let others vanish, or have been forgotten.
    fileprivate var connections: Int { sessions + vanishedAtOnce + forgottenAtOnce + severedAtOnce }

    /// Those that have vanished or were forgotten and that one gateway still believes in: all that vanished where
    /// events are about gateways.
    fileprivate var vanishedOnFullest: Int {
        let isSpread = vanishEvents.allSatisfy { $0.scope.gateways == nil }
        let forgotten = sessions(onFullest: 1, among: forgottenAtOnce)
        return forgotten + (isSpread ? sessions(onFullest: 1, among: vanishedAtOnce) : vanishedAtOnce)
    }
}
