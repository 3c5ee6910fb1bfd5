import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastPlan
import HoldfastResult

/// A balancer that is there already: reached once before the run, and asked for its counts.
extension Stage {
    /// How long it may take to find that the gateways are there.
    private static let patience = Span.seconds(10)

    /// Makes sure that somebody listens wherever the sessions of `plan` go, and that counts are to be had.
    func reachExternal(_ plan: Plan) async throws(StartFailure) {
        guard let balancer = plan.target.balancer.external else { return }
        let limit = ControlClock.now + Stage.patience
        for endpoint in balancer.endpoints {
            while let failure = Reachability.failure(of: endpoint, within: .seconds(1)) {
                guard ControlClock.now < limit, await sleep(until: ControlClock.now + .milliseconds(100)) else {
                    throw StartFailure("no balancer takes connections at \(endpoint): \(failure)")
                }
            }
        }
        guard let counts = externalCounts(plan) else { return }
        defer { counts.stop() }
        do throws(ExternalCounts.Failure) {
            _ = try await counts.ask()
        } catch {
            throw StartFailure("the balancer's counts are not to be had: \(error)")
        }
    }

    /// Asks for its counts at every whole plan second; nil where nobody knows them. `note` hears, once, that there were
    /// none, and since when.
    func watchExternal(
        _ plan: Plan,
        t0: Instant,
        note: @escaping @Sendable (_ line: String) -> Void
    ) -> Task<Void, Never>? {
        guard let counts = externalCounts(plan) else { return nil }
        let timing = RunTiming(plan: plan)
        return Task { [desk] in
            defer { counts.stop() }
            var report = AgentReport.ofBalancer
            var isNoted = false
            var hasFailed = false
            var next = Instant.zero
            for second in 0...timing.endSecond {
                let instant = timing.cutInstant(second, after: t0)
                guard await sleep(until: instant) else { return }
                // Once a second of the machine's; those that became due while one was being answered are left.
                let isLate = instant < next || ControlClock.now - instant > .milliseconds(500)
                if second < timing.endSecond, isLate { continue }
                next = instant + .seconds(1)
                do throws(ExternalCounts.Failure) {
                    let open = try await counts.ask()
                    hasFailed = false
                    report.follow(with: Stage.cut(second, open), isLast: second == timing.endSecond)
                    await desk.record(report)
                } catch {
                    // One that is not answered may happen; two in a row are a balancer that nobody knows, and the last
                    // is what the census wants.
                    defer { hasFailed = true }
                    let matters = hasFailed || second == timing.endSecond
                    guard matters, !isNoted, !Task.isCancelled else { continue }
                    isNoted = true
                    note("the balancer's counts were not to be had at second \(second) of the run: \(error)")
                }
            }
        }
    }

    private func externalCounts(_ plan: Plan) -> ExternalCounts? {
        guard plan.target.via == .external, let source = plan.target.balancer.external?.counts else { return nil }
        return ExternalCounts(
            source,
            gateways: plan.mostGateways,
            spawner: spawner,
            outputPath: sockets.path(of: "counts")
        )
    }

    private static func cut(_ second: Int32, _ open: [UInt64]) -> Cut {
        var cut = Cut(second: second)
        cut.populations = open.enumerated().map { gateway, open in
            GatewayPopulation(gateway: GatewayID(gateway), opened: open, closed: 0, digest: Digest())
        }
        return cut
    }
}
