import HoldfastControl
import HoldfastResult
import HoldfastTelemetry

/// Populations are the balancer's to tell.
extension CarrierServer: FleetRole {
    func cut(_ second: Int32) -> Cut { Cut(second: second) }

    func fill(_ report: inout AgentReport) { report.balancer = counters }

    func fill(_ snapshot: inout MetricSnapshot) {}
}
