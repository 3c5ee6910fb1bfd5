/// Every metric that an expectation can name; what evaluates them knows exactly these.
///
/// Restricted to a phase, a gauge `at end` is read at the phase's last cut, and its aggregates run over the phase's
/// cuts. Gauges and counters of several gateways add up. Counters, ledger and histograms count from t0.
public struct MetricCatalogue: Equatable, Sendable {
    /// The metrics, in the order of `result.json`.
    public var metrics: [MetricDescription]

    /// A catalogue of these metrics.
    public init(metrics: [MetricDescription]) { self.metrics = metrics }

    /// The metric called `name`, if there is one.
    public subscript(name: String) -> MetricDescription? { metrics.first { $0.name == name } }

    /// What this version measures.
    public static let standard = MetricCatalogue(
        metrics: sessionMetrics + gatewayMetrics + imbalanceMetrics + connectMetrics + heartbeatMetrics + faultMetrics
            + workloadMetrics + harnessMetrics
    )

    private static let sessionMetrics: [MetricDescription] = [
        // As many as the plan asks for.
        .init("sessions.asked", .single, .count, .population),
        // Admitted at least once, establishing included.
        .init("sessions.admittedOnce", .single, .count, .population, keys: [.group]),
        // Admitted at a cut.
        .init("sessions.established", .gauge, .count, .population, keys: [.phase]),
        .init("sessions.establishedPeak", .single, .count, .population),
        .init("sessions.establishedAtEnd", .single, .count, .population, keys: [.group]),
        // Neither admitted nor stopped at a cut.
        .init("sessions.waiting", .gauge, .count, .population, keys: [.phase]),
        // Over before the run is; the reason `ended` is not counted.
        .init("sessions.stopped", .counter, .count, .population, keys: [.reason, .group]),
    ]

    private static let gatewayMetrics: [MetricDescription] = [
        // Sessions admitted at a cut, by the sessions' own account.
        .init("gateways.connections", .gauge, .count, .population, keys: [.phase, .gateway]),
        .init("gateways.connectionsAtEnd", .single, .count, .population, keys: [.gateway], requires: .gateway),
        .init("gateways.connectionsPeak", .single, .count, .population, keys: [.gateway], requires: .gateway),
        .init("gateways.acceptsPeakPerSecond", .single, .perSecond, .population, keys: [.gateway], requires: .gateway),
        // Its most connections, ghosts among them, times `gateway.stateBytes`.
        .init(
            "gateways.stateBytesPeak",
            .single,
            .bytes,
            .population,
            keys: [.gateway],
            requires: .gateway,
            feed: .stateBytes
        ),
    ]

    private static let imbalanceMetrics: [MetricDescription] = [
        .init("imbalance.maxOverMean", .gauge, .ratio, .population, keys: [.phase]),
        .init("imbalance.minOverMean", .gauge, .ratio, .population, keys: [.phase]),
        .init("imbalance.cv", .gauge, .ratio, .population, keys: [.phase]),
        .init("imbalance.jain", .gauge, .ratio, .population, keys: [.phase]),
        .init("imbalance.gini", .gauge, .ratio, .population, keys: [.phase]),
        .init("imbalance.hoover", .gauge, .ratio, .population, keys: [.phase]),
        .init("imbalance.dispersion", .gauge, .ratio, .population, keys: [.phase]),
        .init("imbalance.entropy", .gauge, .ratio, .population, keys: [.phase]),
        .init(
            "imbalance.secondsToRebalance",
            .single,
            .seconds,
            .population,
            keys: [.phase],
            requires: .phase,
            mayBeNever: true
        ),
        .init(
            "imbalance.excessConnectionSeconds",
            .single,
            .connectionSeconds,
            .population,
            keys: [.phase],
            requires: .phase
        ),
    ]

    private static let connectMetrics: [MetricDescription] = [
        .init("connects.attempted", .counter, .count, .population, keys: [.phase, .group], oneKeyOnly: true),
        .init("connects.succeeded", .counter, .count, .population, keys: [.group]),
        .init("connects.failed", .counter, .count, .population, keys: [.reason, .group]),
        // From `connect()` to the connection, and to the answered login; real seconds.
        .init("connects.handshakeSeconds", .histogram, .seconds, .timing, keys: [.group], feed: .distance),
        .init("connects.seconds", .histogram, .seconds, .timing, keys: [.group], feed: .distance),
        // In one real second.
        .init("connects.peakPerSecond", .single, .perSecond, .population),
        // The most attempts whose time came in one second, made or not.
        .init("connects.askedPeakPerSecond", .single, .perSecond, .population),
        // The most attempts at a cut whose time had come and that were not made yet.
        .init("connects.duePeak", .single, .count, .population),
        // Attempts after disconnects, divided by the admissions that they led to.
        .init("connects.attemptsPerRestore", .single, .ratio, .population, feed: .restoration),
        .init(
            "disconnects",
            .counter,
            .count,
            .attribution,
            keys: [.phase, .gateway, .cause, .mechanism, .fault, .group]
        ),
    ]

    private static let heartbeatMetrics: [MetricDescription] = [
        .init("heartbeats.sent", .counter, .count, .population, feed: .heartbeat),
        .init("heartbeats.answered", .counter, .count, .population, feed: .heartbeat),
        .init("heartbeats.missed", .counter, .count, .population, feed: .heartbeat),
        .init("heartbeats.bytes", .counter, .bytes, .population, feed: .heartbeat),
        // Unexplained disconnects by the heartbeat's rule.
        .init("heartbeats.falsePositives", .counter, .count, .attribution, feed: .heartbeat),
        // Found by adaptive heartbeats; plan seconds.
        .init("heartbeats.longestSafeIntervalSeconds", .single, .seconds, .timing, feed: .adaptive),
        // From the intended time of the ping; real seconds.
        .init("heartbeats.rttSeconds", .histogram, .seconds, .timing, feed: .heartbeat),
    ]

    private static let faultMetrics: [MetricDescription] = [
        // From the onset of a fault to the session's knowledge; `cause` is the kind of the fault.
        .init(
            "detection",
            .histogram,
            .seconds,
            .timing,
            keys: [.cause, .mechanism, .fault],
            oneKeyOnly: true,
            feed: .detection
        ),
        // Connections that a fault ended, directly or as a consequence.
        .init("faults.victims", .counter, .count, .attribution, keys: [.fault], feed: .fault),
        // Planned victims that were not established at the instant.
        .init("faults.skipped", .counter, .count, .attribution, keys: [.fault], feed: .fault),
        // Victims that stopped for good.
        .init("faults.departed", .counter, .count, .attribution, keys: [.fault], feed: .fault),
        // From the onset of a fault to the next admission.
        .init("outageSeconds", .histogram, .seconds, .timing, keys: [.fault], feed: .restoration),
        // Until this share of the victims was back; without a fault, of the one with most victims.
        .init("restore.seconds50", .single, .seconds, .timing, keys: [.fault], mayBeNever: true, feed: .restoration),
        .init("restore.seconds95", .single, .seconds, .timing, keys: [.fault], mayBeNever: true, feed: .restoration),
        .init("restore.seconds99", .single, .seconds, .timing, keys: [.fault], mayBeNever: true, feed: .restoration),
        .init("restore.seconds100", .single, .seconds, .timing, keys: [.fault], mayBeNever: true, feed: .restoration),
    ]

    private static let workloadMetrics: [MetricDescription] = [
        // Messages that were to be pushed.
        .init("messages.pushed", .counter, .count, .population, feed: .push),
        .init("messages.delivered", .counter, .count, .population, feed: .push),
        // Delivered after they had waited for their session to log in.
        .init("messages.delayed", .counter, .count, .population, feed: .push),
        // Never to be delivered.
        .init("messages.lost", .counter, .count, .population, feed: .push),
        // Sent again in vain.
        .init("messages.wasted", .counter, .count, .population, feed: .push),
        .init("messages.duplicated", .counter, .count, .population, feed: .push),
        .init("messages.bytes", .counter, .bytes, .population, feed: .push),
        // From the intended time to the reception; real seconds.
        .init("messages.latencySeconds", .histogram, .seconds, .timing, feed: .push),
        .init("requests.sent", .counter, .count, .population, feed: .request),
        .init("requests.answered", .counter, .count, .population, feed: .request),
        // Not answered in time.
        .init("requests.timedOut", .counter, .count, .population, feed: .request),
        // Their connection ended first.
        .init("requests.failed", .counter, .count, .population, feed: .request),
        // There was no connection in time.
        .init("requests.unsent", .counter, .count, .population, feed: .request),
        // On a connection that had carried one before.
        .init("requests.reused", .counter, .count, .population, feed: .request),
        .init("requests.onStaleConnection", .counter, .count, .population, feed: .request),
        // From the intended time to the answer; real seconds.
        .init("requests.latencySeconds", .histogram, .seconds, .timing, feed: .request),
    ]

    private static let harnessMetrics: [MetricDescription] = [
        // Real seconds; without a timer, of all but attempts.
        .init("harness.latenessSeconds", .histogram, .seconds, .timing, keys: [.timer]),
        .init("harness.loopStallSeconds", .histogram, .seconds, .timing),
        .init("harness.cpuSeconds", .single, .seconds, .timing),
        .init("harness.bytesPerSession", .single, .bytes, .population),
        .init("harness.bytesPerSessionAtEnd", .single, .bytes, .population),
        // Its most memory in the last quarter of the run over that in the second, less 1; of who grew most.
        .init("harness.memoryGrowth", .single, .ratio, .population),
        // 1 where the sessions and every gateway have the same connections at the end.
        .init("census.reconciled", .single, .boolean, .population),
    ]
}
