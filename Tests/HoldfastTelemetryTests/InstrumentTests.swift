import HoldfastTelemetry
import Testing

@Suite("Instruments")
struct InstrumentTests {
    @Test("Every instrument has its line in the table", arguments: Instrument.allCases)
    func definition(instrument: Instrument) throws {
        let definition = instrument.definition

        #expect(instrument.rawValue.wholeMatch(of: /holdfast(\.[a-z]+(_[a-z]+)*)+/) != nil)
        #expect(definition.description.hasSuffix("."))
        #expect(definition.unit.wholeMatch(of: /s|By|1||\{[a-z]+\}/) != nil)
        #expect(Set(definition.labels).count == definition.labels.count)
        #expect(definition.kind != .histogram || definition.unit == "s")
    }

    @Test("No two instruments share a name in Prometheus")
    func uniqueNames() {
        #expect(Set(Instrument.allCases.map(\.prometheusName)).count == Instrument.allCases.count)
    }

    @Test(
        "Names in Prometheus carry the unit and say what accumulates",
        arguments: [
            (Instrument.sessions, "holdfast_sessions"),
            (.connects, "holdfast_connects_total"),
            (.heartbeatRTT, "holdfast_heartbeat_rtt_seconds"),
            (.imbalanceMaxOverMean, "holdfast_imbalance_max_over_mean_ratio"),
            (.processCPU, "holdfast_process_cpu_seconds_total"),
            (.processResident, "holdfast_process_resident_bytes"),
            (.buildInfo, "holdfast_build_info"),
        ]
    )
    func prometheusName(instrument: Instrument, name: String) {
        #expect(instrument.prometheusName == name)
    }

    @Test("A word that the name already has is not repeated")
    func noRepetition() {
        #expect(prometheusMetricName("a.wait.seconds", unit: "s", kind: .histogram) == "a_wait_seconds")
        #expect(prometheusMetricName("a.total", unit: "{a}", kind: .counter) == "a_total")
        #expect(prometheusMetricName("a-b.c", unit: "1", kind: .counter) == "a_b_c_total")
    }
}
