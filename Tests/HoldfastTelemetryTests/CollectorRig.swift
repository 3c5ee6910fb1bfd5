import Foundation
import HoldfastCollector
import HoldfastCore
import HoldfastHTTP
import HoldfastTelemetry

/// What tests ask of a collector, over HTTP like everybody else.
struct CollectorRig {
    struct Answer: Decodable {
        struct Series: Decodable {
            var attributes: [String: String]
            var points: [[Double]]
        }
        var series: [Series]
    }

    let url: String
    let client = HTTPClient(name: "rig")

    func get(_ path: String) async -> HTTPResponse { await client.get(HTTPRequest(url: url + path)) }

    func series(_ query: String) async throws -> [Answer.Series] {
        let response = await get("/api/v1/series?" + query)
        return try JSONDecoder().decode(Answer.self, from: Data(response.body)).series
    }

    func post(_ body: [UInt8], headers: [(name: String, value: String)]? = nil) async -> HTTPResponse {
        var request = HTTPRequest(url: url + "/v1/metrics")
        request.headers = headers ?? [(name: "Content-Type", value: "application/x-protobuf")]
        request.body = body
        return await client.post(request)
    }

    func pusher(_ index: Int = 0, run: UInt64 = 1) -> MetricsPusher {
        MetricsPusher(
            url: url,
            resource: resource(index, run: run),
            seed: Seed(42),
            actor: actor(.exporter, UInt32(index))
        )
    }

    func encode(_ snapshot: MetricSnapshot, index: Int = 0) -> [UInt8] {
        OTLPEncoder(resource: resource(index), startUnixNanoseconds: 1).encode(snapshot)
    }

    private func resource(_ index: Int, run: UInt64 = 1) -> MetricsResource {
        MetricsResource(run: run, plan: "test", role: "worker", index: index, version: "1.0")
    }
}

/// `sessions` admitted on `gateway`, at a second since 1970.
func snapshot(second: UInt64, sessions: Int, gateway: GatewayID = 0) -> MetricSnapshot {
    var snapshot = MetricSnapshot(unixNanoseconds: second * 1_000_000_000)
    snapshot.add(.sessions, sessions, .gateway(gateway), .state(.admitted))
    return snapshot
}
