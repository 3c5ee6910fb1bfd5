import HoldfastCoordinator
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation

extension RunDirectory {
    /// The files of a simulation that a live run writes while it goes on, `plan.yaml` aside.
    func write(_ outcome: Simulation.Outcome, of plan: Plan) throws {
        try write(try outcome.result.json(), to: "result.json")
        try write(try EventLines.text(plan: plan, measurements: outcome.measurements), to: "events.jsonl")
    }
}
