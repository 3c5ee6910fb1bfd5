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
    /// Where each process of the middlebox listens; empty in a run without one.
    var middleboxPorts: [UInt16] = []
    /// Where the registry listens; nil in a run without one.
    var registryPort: UInt16?
    /// Where the etcd behind it listens to others and to itself; nil in a run without one.
    var etcdPorts: (clients: UInt16, peers: UInt16)?
    /// The plan with what this machine forces on it.
    var plan: Plan

    /// Checks the plan against the machine.
    init(plan: Plan) throws(StartFailure) {
        SystemLimits.raiseDescriptors()
        var plan = plan
        plan.excludedPorts = WildcardListeners.added(to: plan.excludedPorts)
        let limits = SystemLimits.current()
        let processes = MachineNeeds.gatewayProcesses(for: plan, limits: limits)
        if processes > 1 { plan.target.gateway.shards = processes }
        let shards = MachineNeeds.balancerShards(for: plan, limits: limits)
        if shards > 1 { plan.target.balancer.shards = shards }
        self.plan = plan
        workers = MachineNeeds.workers(for: plan, limits: limits)
        let needs = MachineNeeds(plan: plan, workers: workers, limits: limits, ephemeral: .current())
        if let missing = needs.missing.first { throw StartFailure(missing.complaint) }
        let addresses = (0..<plan.mostGateways).map { dottedQuad(FleetAddressing.gateway(GatewayID($0))) }
        do {
            if let port = plan.target.gateway.port {
                try FreePort.require(port, on: addresses)
                gatewayPort = port
            } else {
                gatewayPort = try FreePort.find(on: addresses)
            }
            balancerPort = try FreePort.find(on: [dottedQuad(FleetAddressing.balancer)])
            if let entrance = plan.middleboxEntrances.first {
                let address = dottedQuad(FleetAddressing.middlebox(before: entrance.address))
                let processes = MachineNeeds.middleboxProcesses(for: plan, limits: limits)
                middleboxPorts = try FreePort.find(processes, on: address)
            }
            if let registry = plan.target.registry {
                let address = dottedQuad(FleetAddressing.registry)
                let ports = try FreePort.find(registry.source == .etcd ? 3 : 1, on: address)
                registryPort = ports[0]
                if registry.source == .etcd { etcdPorts = (ports[1], ports[2]) }
            }
        } catch {
            throw StartFailure(error.description)
        }
    }
}
