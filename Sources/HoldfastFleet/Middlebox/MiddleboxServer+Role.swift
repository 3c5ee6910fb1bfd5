import HoldfastControl
import HoldfastResult
import HoldfastTelemetry

/// Populations are for gateways and balancers to tell.
extension MiddleboxServer: FleetRole {
    func cut(_ second: Int32) -> Cut { Cut(second: second) }

    func fill(_ report: inout AgentReport) { report.middlebox = counters }

    func fill(_ snapshot: inout MetricSnapshot) {
        snapshot.add(.middleboxAccepts, counters.accepted)
        snapshot.add(.middleboxConnections, entries)
        snapshot.add(.middleboxExpirations, counters.expired.reduce(0, +))
        snapshot.add(.middleboxRefusals, counters.refused)
        snapshot.add(.middleboxUpstreamFailures, counters.upstreamFailures)
    }
}
