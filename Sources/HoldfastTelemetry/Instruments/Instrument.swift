/// Every metric that Holdfast's processes push. Adding one: a case here, its line in `definitions`, its row in the
/// metrics article.
///
/// The raw value is the name on the wire (OTLP, dots). Session ids are never labels: the number of series stays
/// bounded by processes, gateways and the values of enums.
public enum Instrument: String, CaseIterable, Sendable {
    case balancerAccepts = "holdfast.balancer.accepts"
    case balancerConnections = "holdfast.balancer.connections"
    case balancerRejects = "holdfast.balancer.rejects"
    case balancerUpstreamFailures = "holdfast.balancer.upstream.failures"
    case buildInfo = "holdfast.build.info"
    case connects = "holdfast.connects"
    case detection = "holdfast.detection"
    case disconnects = "holdfast.disconnects"
    case disconnectsUndecided = "holdfast.disconnects.undecided"
    case exportBatchesLost = "holdfast.export.batches.lost"
    case exportBatchesSent = "holdfast.export.batches.sent"
    case gatewayAccepts = "holdfast.gateway.accepts"
    case gatewayAdmissions = "holdfast.gateway.admissions"
    case gatewayConnections = "holdfast.gateway.connections"
    case heartbeatRTT = "holdfast.heartbeat.rtt"
    case heartbeatsAnswered = "holdfast.heartbeats.answered"
    case heartbeatsMissed = "holdfast.heartbeats.missed"
    case heartbeatsSent = "holdfast.heartbeats.sent"
    case imbalanceCV = "holdfast.imbalance.cv"
    case imbalanceMaxOverMean = "holdfast.imbalance.max_over_mean"
    case loopStall = "holdfast.loop.stall"
    case messageLatency = "holdfast.message.latency"
    case messagesReceived = "holdfast.messages.received"
    case messagesSent = "holdfast.messages.sent"
    case middleboxAccepts = "holdfast.middlebox.accepts"
    case middleboxConnections = "holdfast.middlebox.connections"
    case middleboxExpirations = "holdfast.middlebox.expirations"
    case middleboxRefusals = "holdfast.middlebox.refusals"
    case middleboxUpstreamFailures = "holdfast.middlebox.upstream.failures"
    case outage = "holdfast.outage"
    case processCPU = "holdfast.process.cpu"
    case processDescriptors = "holdfast.process.descriptors"
    case processResident = "holdfast.process.resident"
    case registryAnswers = "holdfast.registry.answers"
    case registryUnanswered = "holdfast.registry.unanswered"
    case requestLatency = "holdfast.request.latency"
    case requestsAnswered = "holdfast.requests.answered"
    case requestsSent = "holdfast.requests.sent"
    case requestsUnanswered = "holdfast.requests.unanswered"
    case sessions = "holdfast.sessions"
    case timerLateness = "holdfast.timer.lateness"

    private static let definitions: [Instrument: InstrumentDefinition] = [
        .balancerAccepts: .init(.counter, "{connection}", [], "Clients that a balancer process accepted."),
        .balancerConnections: .init(
            .gauge,
            "{connection}",
            [.gateway],
            "Connections that a balancer process holds open."
        ),
        .balancerRejects: .init(.counter, "{connection}", [], "Clients turned away: no gateway could be had."),
        .balancerUpstreamFailures: .init(.counter, "{connect}", [], "Connects of a balancer to a gateway that failed."),
        .buildInfo: .init(
            .gauge,
            "",
            [.version, .run, .plan, .role],
            "Always 1; says which process of which run this is."
        ),
        .connects: .init(.counter, "{connect}", [.outcome], "Connects of sessions: `succeeded` is admission."),
        .detection: .init(
            .histogram,
            "s",
            [.mechanism],
            "From the onset of a fault to the session's knowledge; plan time."
        ),
        .disconnects: .init(
            .counter,
            "{disconnect}",
            [.gateway, .cause, .mechanism],
            "Ends of admitted connections whose cause is decided."
        ),
        .disconnectsUndecided: .init(
            .gauge,
            "{disconnect}",
            [],
            "Ends of admitted connections that wait for executed times."
        ),
        .exportBatchesLost: .init(.counter, "{batch}", [], "Metric batches that never reached a collector."),
        .exportBatchesSent: .init(.counter, "{batch}", [], "Metric batches that a collector has acknowledged."),
        .gatewayAccepts: .init(.counter, "{connection}", [.gateway], "Connections that a gateway process accepted."),
        .gatewayAdmissions: .init(.counter, "{connection}", [.gateway], "Logins that a gateway process answered."),
        .gatewayConnections: .init(
            .gauge,
            "{connection}",
            [.gateway],
            "Connections that a gateway process holds open."
        ),
        .heartbeatRTT: .init(.histogram, "s", [], "From the intended time of a ping to its pong; real time."),
        .heartbeatsAnswered: .init(.counter, "{heartbeat}", [], "Pings whose pong came."),
        .heartbeatsMissed: .init(.counter, "{heartbeat}", [], "Pings without a pong when their connection ended."),
        .heartbeatsSent: .init(.counter, "{heartbeat}", [], "Pings sent."),
        .imbalanceCV: .init(
            .gauge,
            "1",
            [],
            "Standard deviation over mean of sessions on the gateways in service."
        ),
        .imbalanceMaxOverMean: .init(.gauge, "1", [], "Most sessions on a gateway in service over their mean."),
        .loopStall: .init(.histogram, "s", [], "From readiness of a descriptor to its handling; real time."),
        .messageLatency: .init(.histogram, "s", [], "From the intended time of a message to its reception; real time."),
        .messagesReceived: .init(.counter, "{message}", [], "Pushed messages that their session received, each once."),
        .messagesSent: .init(.counter, "{message}", [.gateway], "Pushes of a gateway process, those again included."),
        .middleboxAccepts: .init(.counter, "{connection}", [], "Clients that a middlebox process accepted."),
        .middleboxConnections: .init(.gauge, "{connection}", [], "Entries in the tables of a middlebox process."),
        .middleboxExpirations: .init(.counter, "{connection}", [], "Entries that were idle for too long."),
        .middleboxRefusals: .init(.counter, "{connection}", [], "Clients refused: the table was full."),
        .middleboxUpstreamFailures: .init(.counter, "{connect}", [], "Connects of a middlebox that failed."),
        .outage: .init(.histogram, "s", [], "From a fault, else the disconnect, to the next admission; plan time."),
        .processCPU: .init(.counter, "s", [], "User and system CPU time of the process."),
        .processDescriptors: .init(.gauge, "{descriptor}", [], "Descriptors that the process has open."),
        .processResident: .init(.gauge, "By", [], "Memory of the process that is resident."),
        .registryAnswers: .init(.counter, "{attempt}", [], "Attempts that the registry has sent to a gateway."),
        .registryUnanswered: .init(.counter, "{attempt}", [], "Attempts for which the registry had no gateway."),
        .requestLatency: .init(.histogram, "s", [], "From the intended time of a request to its answer; real time."),
        .requestsAnswered: .init(.counter, "{request}", [], "Requests that were answered in time."),
        .requestsSent: .init(.counter, "{request}", [], "Requests of sessions that were sent."),
        .requestsUnanswered: .init(.counter, "{request}", [], "Requests that timed out, or lost their connection."),
        .sessions: .init(
            .gauge,
            "{session}",
            [.gateway, .state],
            "Sessions: `admitted` by gateway, `waiting`, `stopped`."
        ),
        .timerLateness: .init(
            .histogram,
            "s",
            [.timer],
            "Handled minus intended time of the harness's timers; real time."
        ),
    ]

    /// Unit, kind, labels and description.
    public var definition: InstrumentDefinition {
        guard let definition = Instrument.definitions[self] else {
            preconditionFailure("\(rawValue) has no line in the table of instruments")
        }
        return definition
    }

    /// The name that an OTLP receiver of Prometheus gives it, such as `holdfast_connects_total`.
    public var prometheusName: String {
        prometheusMetricName(rawValue, unit: definition.unit, kind: definition.kind)
    }
}
