import HoldfastCollector
import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastTelemetry

/// The coordinator's own metrics, and the collector where none is named: what people see of a run beside its result.
final class RunMetrics: Sendable {
    /// Where every process pushes.
    let url: String
    private let collector: Collector?
    private let pusher: MetricsPusher

    /// Pushes to `pushURL`, or starts a collector that stores in `databasePath`.
    init(pushURL: String?, databasePath: String, run: UInt64, plan: Plan) async throws(StartFailure) {
        do {
            if let pushURL {
                collector = nil
                url = try PushEndpoint.url(for: pushURL)
            } else {
                let collector = try await Collector.start(address: "127.0.0.1", port: 0, databasePath: databasePath)
                self.collector = collector
                url = try PushEndpoint.url(for: collector.url)
            }
        } catch {
            throw StartFailure("\(error)")
        }
        let resource = MetricsResource(
            run: run,
            plan: plan.name,
            role: AgentRole.coordinator.rawValue,
            index: 0,
            version: BuildIdentity.version
        )
        pusher = MetricsPusher(url: url, resource: resource, seed: Seed(plan.seed), actor: actor(.exporter, 0xFFFF))
    }

    /// Pushes the imbalance of the newest complete cut.
    func push(_ progress: RunProgress) {
        var snapshot = MetricSnapshot.now()
        if let cut = progress.cut {
            let counts = zip(cut.connections, cut.inService).filter(\.1).map(\.0)
            let imbalance = Imbalance(counts)
            if let value = imbalance.maxOverMean { snapshot.add(.imbalanceMaxOverMean, value) }
            if let value = imbalance.cv { snapshot.add(.imbalanceCV, value) }
        }
        let usage = AgentUsage.current
        snapshot.add(.processCPU, usage.cpuSeconds)
        snapshot.add(.processResident, usage.rssBytes)
        snapshot.add(.processDescriptors, usage.descriptors)
        pusher.submit(snapshot)
    }

    /// Pushes what is left, stops the collector, and says how many of the coordinator's own batches were lost.
    func end() async -> PushSummary {
        let summary = await pusher.finish(deadline: .seconds(2))
        await collector?.stop()
        return summary
    }
}
