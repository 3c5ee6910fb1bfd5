import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult

/// Runs process `index` of the middlebox of the run whose coordinator listens on the Unix socket `controlSocket`, on
/// the calling thread, until it is told to leave. `incarnation` is 0 for its first life.
///
/// Throws as `runGateway`.
public func runMiddlebox(controlSocket: String, index: Int, incarnation: UInt32) throws -> FleetExit {
    let agent = AgentID(role: .middlebox, index: index)
    let process = try FleetProcess(agent, controlSocket, incarnation)
    let (plan, assignment) = (process.plan, process.assignment)
    guard assignment.middleboxPorts.indices.contains(index) else {
        throw SystemError(call: "find the port of \(agent)", code: 0)
    }
    let ports = assignment.middleboxPorts
    let sources = Host.firstEphemeralPort.flatMap {
        SourceAddressing(crowd: plan.target.crowd, low: $0, excluded: plan.excludedPorts)
    }
    let surroundings = MiddleboxServer.Surroundings(
        entrances: (0...plan.otherNetworks.count).flatMap { network in
            plan.middleboxEntrances.map { entrance in
                let listener = FleetAddressing.middlebox(before: entrance.address, network: network)
                let port = entrance == .balancer ? assignment.balancerPort : assignment.gatewayPort
                return MiddleboxServer.Entrance(
                    network: network,
                    gateway: entrance.gateway,
                    listener: Endpoint(address: listener, port: ports[index]),
                    destination: Endpoint(address: entrance.address, port: port)
                )
            }
        },
        sources: sources,
        connectTimeout: plan.connect.timeout,
        seed: Seed(plan.seed)
    )
    // Twice, because a session that comes back may overlap with what is left of its last connection.
    let share = (plan.sessions + ports.count - 1) / ports.count
    let capacity = min(process.descriptors / 2, 2 * share + plan.forgottenAtOnce + plan.severedAtOnce + 64)
    let words = MiddleboxTables.words(plan)
    let page = try MiddleboxPage(path: "\(controlSocket).middlebox", tables: words)
    let tables = MiddleboxTables(plan: plan, page: page)
    return try process.run(MiddleboxRole(plan: plan, MiddleboxServer(tables, surroundings, capacity: capacity)))
}
