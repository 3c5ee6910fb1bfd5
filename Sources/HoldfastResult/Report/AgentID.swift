import HoldfastCore
import HoldfastPlan

/// What kind of process an agent is.
public enum AgentRole: String, CaseIterable, Sendable {
    /// A layer-4 proxy.
    case balancer
    /// The run itself; reports only its own metrics.
    case coordinator
    /// A logical gateway, or a shard of one.
    case gateway
    /// A NAT or firewall between sessions and everything else, or a part of one.
    case middlebox
    /// A registry with its routing service.
    case registry
    /// A holder of sessions.
    case worker
}

/// One process of the run.
public struct AgentID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// What kind it is.
    public var role: AgentRole
    /// Its number among its kind, 0-based.
    public var index: Int
    /// Its number among the processes that are one gateway together, 0-based.
    public var shard: Int

    /// The agent `index` of `role`, or a part of it.
    public init(role: AgentRole, index: Int, shard: Int = 0) {
        self.role = role
        self.index = index
        self.shard = shard
    }

    /// By role, then by number.
    public static func < (left: AgentID, right: AgentID) -> Bool {
        (left.role.rawValue, left.index, left.shard) < (right.role.rawValue, right.index, right.shard)
    }

    /// Such as `worker 2`, or `gateway 3, shard 1`.
    public var description: String { AgentID.name(role: role.rawValue, index: index, shard: shard) }

    static func name(role: String, index: Int, shard: Int) -> String {
        "\(role) \(index)" + (shard > 0 ? ", shard \(shard)" : "")
    }
}

extension Plan {
    /// The processes that gateway `id` consists of.
    public func processes(ofGateway id: GatewayID) -> [AgentID] {
        (0..<gatewayProcesses).map { AgentID(role: .gateway, index: Int(id), shard: $0) }
    }

    /// The processes that the embedded balancer consists of, itself first, or each of its instances; none in a plan
    /// without it.
    public var balancerAgents: [AgentID] {
        guard hasEmbeddedBalancer else { return [] }
        let instances = target.balancer.instances
        if instances > 1 { return (0..<instances).map { AgentID(role: .balancer, index: $0) } }
        return (0...balancerCarriers).map { AgentID(role: .balancer, index: 0, shard: $0) }
    }
}
