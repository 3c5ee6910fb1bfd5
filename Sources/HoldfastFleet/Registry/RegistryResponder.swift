import HoldfastControl
import HoldfastCore
import HoldfastServer
import Hummingbird

/// What the registry answers; see `RegistryExchange`. Refusals are one line of text.
struct RegistryResponder: Sendable {
    let desk: RegistryDesk

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.post("/v1/gateways/:id") { request, context in try await report(request, context) }
        router.post("/v1/gateways/:id/leave") { _, context in try leave(context) }
        router.get("/v1/gateways") { _, _ in try Response.json(desk.listing) }
        router.post("/v1/route") { request, _ in try await route(request) }
        router.get("/healthz") { _, _ in Response.bytes("ok\n".utf8, "text/plain; charset=utf-8") }
        return router
    }

    private func report(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        guard let gateway = gateway(context) else { return unknown }
        return try await answer(request, LoadReport.self, #"{"load": connections}"#) { report in
            desk.report(report.load, of: gateway)
            return done
        }
    }

    private func leave(_ context: BasicRequestContext) throws -> Response {
        guard let gateway = gateway(context) else { return unknown }
        desk.remove(gateway)
        return done
    }

    private func route(_ request: Request) async throws -> Response {
        let limit = RegistryExchange.batchLimit
        let expected = "draws, avoided and quarantined, of the same length and at most \(limit) each"
        return try await answer(request, RouteQuestions.self, expected) { questions in
            guard questions.isSound else { return .refusal(.badRequest, "expected \(expected)") }
            return .bytes(RegistryExchange.encode(desk.route(questions)), "application/json")
        }
    }

    private func answer<Message: Decodable>(
        _ request: Request,
        _ type: Message.Type,
        _ expected: String,
        _ answer: (Message) throws -> Response
    ) async throws -> Response {
        let body: [UInt8]
        do {
            body = try await request.wholeBody(upTo: RegistryExchange.bodyLimit)
        } catch {
            return error.response
        }
        guard let message = RegistryExchange.decode(type, body) else {
            return .refusal(.badRequest, "expected \(expected)")
        }
        return try answer(message)
    }

    private func gateway(_ context: BasicRequestContext) -> GatewayID? {
        context.parameters.get("id", as: GatewayID.self).flatMap { $0 < desk.gateways ? $0 : nil }
    }

    private var done: Response { .bytes("{}".utf8, "application/json") }

    private var unknown: Response { .refusal(.notFound, "expected a gateway from 0 to \(desk.gateways - 1)") }
}
