import HoldfastServer
import HoldfastTelemetry
import Hummingbird
import SwiftProtobuf

/// What the collector answers.
///
/// | request | answer |
/// | --- | --- |
/// | `POST /v1/metrics`, an OTLP request in protobuf | 200 and an OTLP response, which says what was rejected |
/// | the same in another form | 415; not what it should be 400; too large 413; not to be stored now 503 |
/// | `GET /api/v1/series?name=N[&label=value][&since=seconds]` | 200 and every series of that name, as JSON |
/// | `GET /api/v1/names` | 200 and what names there are, as JSON |
/// | `GET /healthz` | 200 |
/// | `GET /` | a page that shows the run as it goes |
///
/// Refusals are one line of text.
struct CollectorRouter: Sendable {
    let store: PointStore
    let limits: CollectorLimits

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.post("/v1/metrics") { request, _ in await receive(request) }
        router.get("/api/v1/series") { request, _ in try await series(request) }
        router.get("/api/v1/names") { _, _ in try names() }
        router.get("/healthz") { _, _ in Response.bytes("ok\n".utf8, "text/plain; charset=utf-8") }
        router.get("/") { _, _ in Response.bytes(livePage.utf8, "text/html; charset=utf-8") }
        return router
    }

    private func receive(_ request: Request) async -> Response {
        let mediaType = request.headers[.contentType] ?? ""
        let form = mediaType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard form == "application/x-protobuf" || form == "application/protobuf" else {
            return .refusal(.unsupportedMediaType, "found '\(mediaType)'; expected application/x-protobuf")
        }
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            return .refusal(.unsupportedMediaType, "found content encoding '\(encoding)'; expected none")
        }
        let body: [UInt8]
        do {
            body = try await request.wholeBody(upTo: limits.requestBytes)
        } catch {
            return error.response
        }
        guard let message = try? OTLPExportMetricsServiceRequest(serializedBytes: body) else {
            return .refusal(.badRequest, "the body is not an ExportMetricsServiceRequest of OTLP")
        }
        do {
            return try Self.acknowledgement(await store.store(OTLPReader.read(message)))
        } catch {
            return .refusal(.serviceUnavailable, "could not be stored: \(error)", retryAfterSeconds: 1)
        }
    }

    private static func acknowledgement(_ batch: ReceivedBatch) throws -> Response {
        var answer = OTLPExportMetricsServiceResponse()
        if batch.rejected > 0 {
            answer.partialSuccess.rejectedDataPoints = Int64(batch.rejected)
            answer.partialSuccess.errorMessage = batch.reason ?? ""
        }
        let bytes: [UInt8] = try answer.serializedBytes()
        return .bytes(bytes, "application/x-protobuf")
    }

    private func series(_ request: Request) async throws -> Response {
        var name: String?
        var since: Int64 = 0
        var attributes: [String: String] = [:]
        for (key, value) in request.uri.queryParameters {
            switch key {
            case "name": name = String(value)
            case "since":
                guard let seconds = Double(value), seconds.isFinite, abs(seconds) < 9e9 else {
                    return .refusal(.badRequest, "since=\(value); expected seconds since 1970")
                }
                since = Int64(seconds * 1e9)
            default: attributes[key.removingPercentEncoding ?? String(key)] = String(value)
            }
        }
        guard let name, !name.isEmpty else {
            return .refusal(.badRequest, "the parameter name is missing, such as name=holdfast.sessions")
        }
        let found = try await store.series(name: name, attributes: attributes, since: since)
        let answer = found.map { series, points in
            SeriesAnswer.Series(
                attributes: series.attributes,
                points: points.map { [Double($0.unixNanoseconds) / 1e9, $0.value] }
            )
        }
        return try .json(SeriesAnswer(series: answer))
    }

    private func names() throws -> Response {
        struct Key: Hashable {
            var name: String
            var unit: String
            var kind: String
        }
        let counts = Dictionary(grouping: store.allSeries()) { Key(name: $0.name, unit: $0.unit, kind: $0.kind) }
        let names = counts.map { key, series in
            let kind = InstrumentKind(rawValue: key.kind)
            let prometheusName = kind.map { prometheusMetricName(key.name, unit: key.unit, kind: $0) }
            return NamesAnswer.Name(
                name: key.name,
                prometheusName: prometheusName ?? key.name,
                unit: key.unit,
                kind: key.kind,
                series: series.count
            )
        }
        return try .json(NamesAnswer(names: names.sorted { ($0.name, $0.unit) < ($1.name, $1.unit) }))
    }
}
