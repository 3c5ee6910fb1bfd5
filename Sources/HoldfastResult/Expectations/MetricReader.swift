import HoldfastCore
import HoldfastPlan

/// Reads any metric of the catalogue from the measurements of a run.
struct MetricReader: Sendable {
    let analysis: RunAnalysis

    /// What the expectation's metric, restrictions, aggregate and instant come to.
    func read(_ expectation: Expectation) -> Reading {
        guard let metric = MetricCatalogue.standard[expectation.metric] else {
            return .noData("there is no metric \(expectation.metric)")
        }
        switch metric.kind {
        case .counter: return readCounter(expectation)
        case .gauge: return readGauge(expectation)
        case .histogram: return readHistogram(expectation)
        case .single: return readSingle(expectation)
        }
    }

    // MARK: - Counters

    private func readCounter(_ expectation: Expectation) -> Reading {
        guard let total = counter(expectation.metric, expectation.matches) else {
            return .noData("nobody has counted it")
        }
        guard expectation.aggregate == .rate else { return .value(Double(total)) }
        let seconds = duration(of: expectation.matches)
        return seconds > 0 ? .value(Double(total) / seconds) : .noData("the run has no length")
    }

    /// Plan seconds of the phases that the restrictions let through, or of the run.
    private func duration(of matches: [Expectation.Match]) -> Double {
        guard matches.restrict(.phase) else { return analysis.seconds }
        return phases(matches).reduce(0) { $0 + $1.length.seconds }
    }

    // MARK: - Gauges

    private func readGauge(_ expectation: Expectation) -> Reading {
        let cuts = self.cuts(of: expectation.matches)
        if let aggregate = expectation.aggregate {
            let values = cuts.compactMap { gauge(expectation.metric, at: $0, expectation.matches) }
            guard !values.isEmpty else { return .noData("no complete cut has it") }
            switch aggregate {
            case .min: return Reading(values.min(), orNoData: "no complete cut has it")
            case .max: return Reading(values.max(), orNoData: "no complete cut has it")
            default: return .value(values.reduce(0, +) / Double(values.count))
            }
        }
        guard let cut = self.cut(for: expectation, among: cuts) else {
            return .noData("there is no complete cut at that instant")
        }
        return Reading(gauge(expectation.metric, at: cut, expectation.matches), orNoData: "it is not defined there")
    }

    private func cut(for expectation: Expectation, among cuts: [CutFacts]) -> CutFacts? {
        let latest = analysis.latestSecond ?? -1
        guard latest >= 0 else { return nil }
        let wanted: Int32?
        if case .at(let instant) = expectation.instant {
            wanted = Int32(clamping: Int64(instant.seconds.rounded(.down)))
        } else if expectation.matches.restrict(.phase) {
            let phases = self.phases(expectation.matches)
            wanted = (0...latest).last { second in phases.contains { $0.contains(cut: second, of: analysis.plan) } }
        } else {
            wanted = latest
        }
        return cuts.first { $0.second == wanted }
    }

    private func cuts(of matches: [Expectation.Match]) -> [CutFacts] {
        guard matches.restrict(.phase) else { return analysis.cuts }
        let phases = self.phases(matches)
        return analysis.cuts.filter { cut in phases.contains { $0.contains(cut: cut.second, of: analysis.plan) } }
    }

    private func gauge(_ name: String, at cut: CutFacts, _ matches: [Expectation.Match]) -> Double? {
        switch name {
        case "sessions.established": return Double(cut.admitted)
        case "sessions.waiting": return Double(cut.waiting)
        case "gateways.connections":
            let chosen = cut.open.indices.filter { matches.accept(.gateway, String($0)) }
            return chosen.isEmpty ? nil : Double(chosen.reduce(0) { $0 + cut.open[$1] })
        case "imbalance.maxOverMean": return cut.imbalance.maxOverMean
        case "imbalance.minOverMean": return cut.imbalance.minOverMean
        case "imbalance.cv": return cut.imbalance.cv
        case "imbalance.jain": return cut.imbalance.jain
        case "imbalance.gini": return cut.imbalance.gini
        case "imbalance.hoover": return cut.imbalance.hoover
        case "imbalance.dispersion": return cut.imbalance.dispersion
        case "imbalance.entropy": return cut.imbalance.entropy
        default: return nil
        }
    }

    // MARK: - Histograms

    private func readHistogram(_ expectation: Expectation) -> Reading {
        guard let histogram = histogram(expectation.metric, expectation.matches) else {
            return .noData("nobody has measured it")
        }
        let reason = "there is no sample"
        switch expectation.aggregate {
        case .count: return .value(Double(histogram.count))
        case .min: return Reading(histogram.min, orNoData: reason)
        case .max: return Reading(histogram.max, orNoData: reason)
        case .mean: return Reading(histogram.mean, orNoData: reason)
        case .p50: return Reading(histogram.quantile(0.5), orNoData: reason)
        case .p90: return Reading(histogram.quantile(0.9), orNoData: reason)
        case .p99: return Reading(histogram.quantile(0.99), orNoData: reason)
        case .p999: return Reading(histogram.quantile(0.999), orNoData: reason)
        case .rate, nil: return .noData("a histogram needs an aggregate")
        }
    }

    private func histogram(_ name: String, _ matches: [Expectation.Match]) -> Histogram? {
        guard let sessions = analysis.sessions else { return nil }
        switch name {
        case "messages.latencySeconds": return analysis.measurements.messages?.latency
        case "requests.latencySeconds": return analysis.measurements.requests?.latency
        case "heartbeats.rttSeconds": return sessions.heartbeatRTT
        case "connects.handshakeSeconds": return analysis.connects(matches, \.handshake, \.handshake)
        case "connects.seconds": return analysis.connects(matches, \.connect, \.connect)
        case "detection": return detection(sessions, matches)
        case "outageSeconds":
            guard matches.restrict(.fault) else { return sessions.outage }
            return merged(\.outage) { matches.accept(.fault, String($0)) }
        case "harness.latenessSeconds": return lateness(matches)
        case "harness.loopStallSeconds": return analysis.workerHarness.loopStall
        default: return nil
        }
    }

    private func lateness(_ matches: [Expectation.Match]) -> Histogram {
        let lateness = analysis.workerHarness.lateness
        guard matches.restrict(.timer) else { return lateness.prompt }
        var sum = Histogram()
        for kind in TimerKind.allCases where matches.accept(.timer, kind.rawValue) { sum.merge(lateness[kind]) }
        return sum
    }

    /// Samples are kept by mechanism, and by fault; so they can be chosen by one of them, or by the fault's kind.
    private func detection(_ sessions: SessionCounters, _ matches: [Expectation.Match]) -> Histogram? {
        if matches.restrict(.fault) || matches.restrict(.cause) {
            return merged(\.detection) { fault in
                matches.accept(.fault, String(fault))
                    && matches.accept(.cause, analysis.plan.timeline[fault].action.kind.resultName)
            }
        }
        var total = Histogram()
        for (mechanism, histogram) in zip(Mechanism.allCases, sessions.detectionByMechanism)
        where matches.accept(.mechanism, mechanism.rawValue) { total.merge(histogram) }
        return total
    }

    private func merged(_ part: KeyPath<FaultTally, Histogram>, where accepts: (Int) -> Bool) -> Histogram {
        var total = Histogram()
        for fault in analysis.plan.timeline.indices where accepts(fault) {
            if let tally = analysis.measurements.tally(ofFault: fault) { total.merge(tally[keyPath: part]) }
        }
        return total
    }

    /// The phases that the restrictions let through.
    func phases(_ matches: [Expectation.Match]) -> [PlanPhase] {
        analysis.phases.filter { matches.accept(.phase, $0.name) }
    }
}
