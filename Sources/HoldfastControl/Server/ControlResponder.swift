import HoldfastResult
import HoldfastServer
import Hummingbird

/// Turns requests into calls of the handler.
///
/// | request | answer |
/// | --- | --- |
/// | `POST /v1/join`, a `Join` | 200 and an `Assignment`; 404 unknown agent; 409 wrong build or plan |
/// | `POST /v1/exchange`, a `Report` | 200 and `Orders` |
/// | either, not what it should be | 400, or 413 beyond the message limit |
///
/// Refusals are one line of text.
struct ControlResponder<Handler: ControlHandler>: HTTPResponder {
    typealias Context = BasicRequestContext

    let handler: Handler
    let messageLimit: Int

    func respond(to request: Request, context: Context) async throws -> Response {
        guard request.method == .post else { return .refusal(.methodNotAllowed, "expected POST") }
        let body: [UInt8]
        do {
            body = try await request.wholeBody(upTo: messageLimit)
        } catch {
            return error.response
        }
        do {
            switch request.uri.path {
            case "/v1/join":
                let assignment = try await handler.join(ControlCodec.decodeJoin(body))
                return .bytes(try ControlCodec.encode(assignment), ControlCodec.mediaType)
            case "/v1/exchange":
                let orders = await handler.exchange(try ControlCodec.decodeReport(body))
                return .bytes(try ControlCodec.encode(orders), ControlCodec.mediaType)
            default:
                return .refusal(.notFound, "unknown path; expected /v1/join or /v1/exchange")
            }
        } catch let refusal as JoinRefusal {
            return .refusal(refusal.reason == .unknownAgent ? .notFound : .conflict, refusal.description)
        } catch let error as ControlCodecError {
            return .refusal(.badRequest, error.description)
        }
    }
}
