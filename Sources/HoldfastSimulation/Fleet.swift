import HoldfastCore
import HoldfastPlan

/// Who is in the fleet and who is kept out of service on purpose, with what goes on about that.
struct Fleet {
    /// Why a balancer is to give a gateway nothing.
    struct Withdrawal: OptionSet {
        let rawValue: UInt8
        /// It is drained, or not there.
        static let byPlan = Withdrawal(rawValue: 1)
        /// Checks failed.
        static let byCheck = Withdrawal(rawValue: 2)
    }

    /// Connections that are asked to go one after the other.
    struct Drain {
        var gateway: GatewayID
        var departures: Departures<LinkKey>
        /// What they are told.
        var command: GatewayCommand
    }

    /// How many gateways there are.
    var size: Int
    var drains: [Drain] = []
    var withdrawals: [Withdrawal]
    /// What checks have found, where the balancer makes any.
    var health: [CheckedHealth]
    /// Open connections by gateway that the balancer's present process does not know of; empty until it was reloaded.
    private var unknown: [UInt64] = []

    init(plan: Plan) {
        size = plan.target.gateways
        withdrawals = (0..<plan.mostGateways).map { $0 < plan.target.gateways ? [] : .byPlan }
        health =
            plan.target.balancer.healthCheck.isActive ? Array(repeating: CheckedHealth(), count: plan.mostGateways) : []
    }

    var hasInheritance: Bool { !unknown.isEmpty }

    func inherited(on gateway: Int) -> UInt64 { unknown.isEmpty ? 0 : unknown[gateway] }

    mutating func inherit(_ gateway: GatewayID) {
        if unknown.isEmpty { unknown = Array(repeating: 0, count: withdrawals.count) }
        unknown[Int(gateway)] += 1
    }

    mutating func disinherit(_ gateway: GatewayID) { unknown[Int(gateway)] -= 1 }
}

/// One step of what happens to a fleet on purpose.
enum FleetStep {
    case drain(fault: Int, GatewayID, Drain, for: Span?)
    /// The next connection of a drain is asked to go.
    case ask(drain: Int)
    /// A drain has waited long enough for those that it asked.
    case endDrained(drain: Int)
    case reopen(fault: Int, GatewayID)
    case scale(fault: Int, to: Int)
    case reload(fault: Int, keepsCounts: Bool)
    /// The balancer looks at every gateway.
    case check
    /// Every gateway compares itself with the mean.
    case compare
    /// The next one of those that a gateway sheds is asked to go.
    case shed(GatewayID)
}
