import HoldfastCore
import HoldfastPlan

/// The plan seconds at which populations are kept: all of them, or, where a long run of a large fleet cannot keep so
/// many, every so many and those that the plan itself speaks of.
struct CutPlan {
    /// From one second that is kept in any case to the next; plan seconds.
    let strideSeconds: Int32
    private let named: [Int32]
    private let last: Int32

    /// Populations are kept for at most about this many cuts times gateways: 150 MB of them.
    private static let budget = 1_000_000
    private static let limit = 100_000
    private static let least = 60

    init(_ plan: Plan) {
        last = plan.lastCutSecond
        let limit = max(CutPlan.least, min(CutPlan.limit, CutPlan.budget / plan.mostGateways))
        strideSeconds = max(1, Int32((Int(last) + limit - 1) / limit))
        named = strideSeconds == 1 ? [] : CutPlan.named(plan)
    }

    /// The cut after the one at `second`; the last one comes in any case.
    func next(after second: Int32) -> Int32 {
        let regular = (second / strideSeconds + 1) * strideSeconds
        let spoken = named.first { $0 > second } ?? last
        return min(regular, spoken, last)
    }

    /// The seconds of expectations, and those on both sides of events and of their ends.
    private static func named(_ plan: Plan) -> [Int32] {
        var instants: [Span] = plan.phases.flatMap { phase in phase.stretches.flatMap { [$0.start, $0.end] } }
        for event in plan.timeline {
            instants.append(event.at)
            instants += event.outages.map(\.end)
        }
        for expectation in plan.expect { if case .at(let instant) = expectation.instant { instants.append(instant) } }
        let seconds = instants.flatMap { instant in
            let second = Int32(clamping: Int64(instant.seconds.rounded(.down)))
            return [second - 1, second, second + 1]
        }
        return Set(seconds.filter { $0 > 0 }).sorted()
    }
}
