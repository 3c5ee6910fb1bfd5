import HoldfastCore
import HoldfastPlan
import HoldfastReactor

/// The tables of a middlebox: what each remembers, and how many entries there are in all processes together.
struct MiddleboxTables: ~Copyable {
    /// By group, and then those of the other networks; nil remembers everything, for ever. Real time.
    let policies: [MiddleboxPolicy?]
    private let plan: Plan
    /// By table: whose entries are counted together.
    private let numbers: [Int]
    private let groups: Int
    private let page: MiddleboxPage

    /// The tables of `plan`, counted in `page`.
    init(plan: Plan, page: consuming MiddleboxPage) {
        self.plan = plan
        self.page = page
        let own = plan.realTime.plansOfGroups.map(\.target.middlebox)
        policies = own + plan.otherMiddleboxes
        groups = own.count
        let first = (plan.middleboxTables.max() ?? 0) + 1
        numbers = plan.middleboxTables + plan.otherNetworks.indices.map { first + $0 }
    }

    /// Words that their page needs.
    static func words(_ plan: Plan) -> Int { (plan.middleboxTables.max() ?? 0) + 1 + plan.otherNetworks.count }

    /// The table of a session that comes from a network: its group's at home, which is network 0.
    func table(of session: SessionID, from network: Int) -> Int {
        network == 0 ? plan.group(of: session) : groups + network - 1
    }

    /// Takes an entry; false when the table is full.
    func enter(_ table: Int) -> Bool { page.enter(numbers[table], upTo: policies[table]?.ports.map(Int64.init)) }

    /// Gives an entry back.
    func leave(_ table: Int) { page.leave(numbers[table]) }
}
