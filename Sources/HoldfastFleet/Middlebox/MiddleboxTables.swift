import HoldfastCore
import HoldfastPlan
import HoldfastReactor

/// The tables of a middlebox: what each remembers, and how many entries there are in all processes together.
struct MiddleboxTables: ~Copyable {
    /// By group; nil remembers everything, for ever. Real time.
    let policies: [MiddleboxPolicy?]
    private let plan: Plan
    /// By group: whose entries are counted together.
    private let numbers: [Int]
    private let page: MiddleboxPage

    /// The tables of `plan`, counted in `page`.
    init(plan: Plan, page: consuming MiddleboxPage) {
        self.plan = plan
        self.page = page
        policies = plan.realTime.plansOfGroups.map(\.target.middlebox)
        numbers = plan.middleboxTables
    }

    /// Words that their page needs.
    static func words(_ plan: Plan) -> Int { (plan.middleboxTables.max() ?? 0) + 1 }

    /// The table of a session: its group's.
    func table(of session: SessionID) -> Int { plan.group(of: session) }

    /// Takes an entry; false when the table is full.
    func enter(_ table: Int) -> Bool { page.enter(numbers[table], upTo: policies[table]?.ports.map(Int64.init)) }

    /// Gives an entry back.
    func leave(_ table: Int) { page.leave(numbers[table]) }
}
