import HoldfastPlan
import HoldfastReport
import HoldfastResult

/// The runs of a comparison in their order: trial by trial, every variant in each, another one first each time.
struct ComparisonSchedule {
    /// One run.
    struct Run: Sendable {
        var variant: Int
        var trial: Int
        var plan: Plan
        var path: String
    }

    private let variants: [PlanVariant]
    private let trials: Int
    private let seed: UInt64

    /// Trial j has the seed `seed` + j in every variant.
    init(variants: [PlanVariant], trials: Int, seed: UInt64) {
        self.variants = variants
        self.trials = trials
        self.seed = seed
    }

    /// Carries the runs out, `width` at once, with their files below `directory`; `note` is told of each in the order
    /// in which they end. A signal to `runner` leaves the rest out.
    func carryOut(
        in directory: String,
        width: Int,
        _ runner: TrialRunner,
        note: (Run, RunResult, RunSeries) -> Void
    ) async throws {
        var runs = self.runs(directory).makeIterator()
        try await withThrowingTaskGroup(of: (Run, RunResult, RunSeries).self) { group in
            func add() {
                guard runner.signal == nil, let run = runs.next() else { return }
                group.addTask {
                    let (result, series) = try await runner.run(run.plan, in: run.path)
                    return (run, result, series)
                }
            }
            for _ in 0..<width { add() }
            while let (run, result, series) = try await group.next() {
                // What a signal has ended is not what the variant came to.
                if runner.signal == nil { note(run, result, series) }
                add()
            }
        }
    }

    private func runs(_ directory: String) -> [Run] {
        (0..<trials).flatMap { trial in
            variants.indices.map { position in
                let variant = (position + trial) % variants.count
                var plan = variants[variant].plan
                plan.seed = seed + UInt64(trial)
                let path = "\(directory)/\(variants[variant].name)/\(trial)"
                return Run(variant: variant, trial: trial, plan: plan, path: path)
            }
        }
    }
}

/// What the runs of a comparison came to.
struct ComparisonRuns {
    /// By variant and trial; nil for what was not carried out.
    private(set) var runs: [[ComparedRun?]]
    /// Second by second.
    private(set) var curves: ComparisonCurves

    init(variants: Int, trials: Int) {
        runs = Array(repeating: Array(repeating: nil, count: trials), count: variants)
        curves = ComparisonCurves(variants: variants)
    }

    /// Adds one run.
    mutating func note(_ run: ComparisonSchedule.Run, _ result: RunResult, _ series: RunSeries) {
        runs[run.variant][run.trial] = ComparedRun(result, directory: run.path)
        curves.note(result, series, variant: run.variant)
    }

    /// Of the trials that every variant has.
    func comparison(of plan: String, _ variants: [PlanVariant], _ mode: RunMode) -> Comparison {
        let whole = (runs.first ?? []).indices.filter { trial in runs.allSatisfy { $0[trial] != nil } }
        let compared = variants.indices.map { index in
            let target = variants[index].plan.target
            return Comparison.Variant(
                name: variants[index].name,
                via: target.via.rawValue,
                algorithm: target.algorithm.rawValue,
                runs: whole.compactMap { runs[index][$0] }
            )
        }
        let seeds = compared.first?.runs.map(\.seed) ?? []
        return Comparison(plan: plan, mode: mode, seeds: seeds, variants: compared)
    }
}
