import HoldfastCore
import HoldfastPlan

extension RoutingTally {
    /// What the registry's answers rested on, in plain sentences.
    public func notes(in plan: Plan) -> [String] {
        let age = Readable.seconds(oldestReport.seconds * plan.timeScale)
        let way = plan.hasBalancer ? "went through the balancer" : "failed"
        var notes = ["the registry answered \(Readable.count(answers)) attempts by reports up to \(age) old"]
        if fromOldList > 0 {
            let count = Readable.count(fromOldList)
            let isEtcd = plan.target.registry?.source == .etcd
            let reason = (isEtcd ? "etcd was out of reach, or " : "") + "the present one had shrunk below half"
            notes.append("\(count) of its answers came from an old list: \(reason)")
        }
        if unanswered > 0 {
            notes.append("\(Readable.count(unanswered)) attempts found no gateway on its list and \(way)")
        }
        if unreached > 0 { notes.append("\(Readable.count(unreached)) attempts could not ask the registry and \(way)") }
        return notes
    }
}
