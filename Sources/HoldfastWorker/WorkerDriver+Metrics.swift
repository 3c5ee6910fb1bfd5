import HoldfastControl
import HoldfastCore
import HoldfastReactor
import HoldfastResult
import HoldfastTelemetry

/// What a worker pushes for people to look at.
extension WorkerDriver {
    /// Everything as of now.
    func snapshot(_ reactor: borrowing Reactor) -> MetricSnapshot {
        var snapshot = MetricSnapshot.now()
        addSessions(to: &snapshot)
        addConnects(to: &snapshot)
        addDisconnects(to: &snapshot)
        snapshot.add(.heartbeatsSent, counters.heartbeatsSent)
        snapshot.add(.heartbeatsAnswered, counters.heartbeatsAnswered)
        snapshot.add(.heartbeatsMissed, counters.heartbeatsMissed)
        snapshot.add(.heartbeatRTT, counters.heartbeatRTT)
        addBusiness(to: &snapshot)
        snapshot.add(.outage, log.outage)
        snapshot.add(reactor.lateness)
        snapshot.add(.loopStall, reactor.loopStall)
        let usage = AgentUsage.current
        snapshot.add(.processCPU, usage.cpuSeconds)
        snapshot.add(.processResident, usage.rssBytes)
        snapshot.add(.processDescriptors, usage.descriptors)
        return snapshot
    }

    private func addBusiness(to snapshot: inout MetricSnapshot) {
        if let requests = business?.requests {
            snapshot.add(.requestsSent, requests.sent)
            snapshot.add(.requestsAnswered, requests.answered)
            snapshot.add(.requestsUnanswered, requests.timedOut + requests.failed)
            snapshot.add(.requestLatency, requests.latency)
        }
        if let messages = business?.messages {
            snapshot.add(.messagesReceived, messages.delivered)
            snapshot.add(.messageLatency, messages.latency)
        }
    }

    private func addSessions(to snapshot: inout MetricSnapshot) {
        for (gateway, count) in populations.counts.enumerated() {
            snapshot.add(.sessions, count, .gateway(GatewayID(gateway)), .state(.admitted))
        }
        let stopped = counters.stopped.reduce(0, +)
        snapshot.add(.sessions, counters.sessions - counters.admitted - stopped, .state(.waiting))
        snapshot.add(.sessions, stopped, .state(.stopped))
    }

    private func addConnects(to snapshot: inout MetricSnapshot) {
        snapshot.add(.connects, succeededBefore + counters.connectsSucceeded, .succeeded)
        for failure in ConnectFailure.allCases {
            let count = counters.connectsFailed[position(failure)] + counters.establishFailed[position(failure)]
            if count > 0 { snapshot.add(.connects, count, .outcome(failure)) }
        }
    }

    private func addDisconnects(to snapshot: inout MetricSnapshot) {
        var totals: [DisconnectKind: UInt64] = [:]
        for cell in log.ledger.cells {
            let kind = DisconnectKind(gateway: cell.gateway, cause: cell.cause, mechanism: cell.mechanism)
            totals[kind, default: 0] += cell.count
        }
        for (kind, count) in totals {
            snapshot.add(
                .disconnects,
                count,
                .gateway(kind.gateway),
                .cause(kind.cause),
                .mechanism(kind.mechanism)
            )
        }
        snapshot.add(.disconnectsUndecided, log.undecidedCount)
        for mechanism in Mechanism.allCases {
            snapshot.add(.detection, log.detection[position(mechanism)], .mechanism(mechanism))
        }
    }
}

private struct DisconnectKind: Hashable {
    var gateway: GatewayID
    var cause: Cause
    var mechanism: Mechanism
}
