import HoldfastResult
import Hummingbird
import NIOCore

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
            body = Array(buffer: try await request.body.collect(upTo: messageLimit))
        } catch is NIOTooManyBytesError {
            return .refusal(.contentTooLarge, "at most \(messageLimit) bytes are allowed")
        }
        do {
            switch request.uri.path {
            case "/v1/join":
                let assignment = try await handler.join(ControlCodec.decodeJoin(body))
                return .message(try ControlCodec.encode(assignment))
            case "/v1/exchange":
                let orders = await handler.exchange(try ControlCodec.decodeReport(body))
                return .message(try ControlCodec.encode(orders))
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

extension Response {
    fileprivate static func message(_ bytes: [UInt8]) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: ControlCodec.mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    fileprivate static func refusal(_ status: HTTPResponse.Status, _ line: String) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: line))
        )
    }
}
