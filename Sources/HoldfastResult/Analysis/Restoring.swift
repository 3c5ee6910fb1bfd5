import HoldfastCore
import HoldfastPlan

/// How the victims of one fault came back.
struct Restoring: Sendable {
    /// Victims that did not leave for good.
    let expected: UInt64
    /// From the onset to the next admission of those that came back; plan seconds.
    let outage: Histogram

    /// When this share of the expected was back; nil while it is not, or when none was expected.
    func seconds(until share: Double) -> Double? {
        guard expected > 0, outage.count > 0 else { return nil }
        let rank = max(1, (share * Double(expected)).rounded(.up))
        guard rank <= Double(outage.count) else { return nil }
        // Half a rank less lies safely inside the rank, whatever the division rounds to.
        return outage.quantile((rank - 0.5) / Double(outage.count))
    }
}

extension RunAnalysis {
    /// How the victims of a fault came back; nil if nobody knows of them.
    func restoring(ofFault fault: Int) -> Restoring? {
        guard let tally = measurements.tally(ofFault: fault) else { return nil }
        let expected = tally.victims > tally.departed ? tally.victims - tally.departed : 0
        return Restoring(expected: expected, outage: tally.outage)
    }

    /// The fault whose victims were most, the first of several; nil if no fault had any.
    var faultWithMostVictims: Int? {
        var most: (fault: Int, victims: UInt64)?
        for fault in plan.timeline.indices {
            guard let victims = measurements.tally(ofFault: fault)?.victims, victims > most?.victims ?? 0 else {
                continue
            }
            most = (fault, victims)
        }
        return most?.fault
    }

    /// How the imbalance of a phase went.
    func rebalancing(of phase: PlanPhase) -> Rebalancing {
        Rebalancing(
            cuts: cuts.filter { phase.contains(cut: $0.second, of: plan) },
            startSeconds: phase.start.seconds,
            band: plan.rebalance.band
        )
    }

    /// Connections above the mean, summed over the seconds of a phase; nil when a cut is missing or has no mean.
    func excessConnectionSeconds(of phase: PlanPhase) -> Double? {
        guard let cuts = allCuts(of: phase) else { return nil }
        var total = 0.0
        for cut in cuts {
            guard let excess = cut.excess else { return nil }
            total += excess
        }
        return total
    }

    /// Attempts since t0 for one admission; nil without admissions.
    var attemptsPerRestore: Double? {
        guard let sessions, sessions.connectsSucceeded > 0 else { return nil }
        return Double(sessions.connectsAttempted) / Double(sessions.connectsSucceeded)
    }

    /// The most attempts in one real second: of one worker as it counted them, of several by their common cuts.
    ///
    /// Cuts lie one plan second apart, so with another time scale nobody knows what several did in a real one: nil.
    var connectsPeakPerSecond: Double? {
        guard let sessions else { return nil }
        if measurements.workers == 1 || measurements.countsAttemptsTogether {
            return Double(sessions.connectsPeakPerSecond)
        }
        return peakBetweenCuts(\.attempts)
    }

    /// The most attempts that were to be made in one second between cuts, which lie one plan second apart; nil with
    /// another time scale.
    var attemptsAskedPeakPerSecond: Double? { peakBetweenCuts { $0.attempts + $0.attemptsDue } }

    private func peakBetweenCuts(_ count: (CutFacts) -> UInt64) -> Double? {
        guard plan.timeScale == 1 else { return nil }
        var peak: Double?
        for (earlier, later) in zip(cuts, cuts.dropFirst()) where later.second == earlier.second + 1 {
            peak = max(peak ?? 0, Double(count(later)) - Double(count(earlier)))
        }
        return peak
    }

    /// User and system time of every process that reported.
    var cpuSeconds: Double? {
        let all = measurements.agents.compactMap { measurements.harness(of: $0)?.cpuSeconds }
        return all.isEmpty ? nil : all.reduce(0, +)
    }
}
