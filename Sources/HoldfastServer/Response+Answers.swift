import Foundation
import Hummingbird
import NIOCore

/// The answers that our servers give.
extension Response {
    /// 200 and `value`, its keys in order.
    public static func json(_ value: some Encodable) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return bytes(try encoder.encode(value), "application/json")
    }

    /// 200 and `bytes`.
    public static func bytes(_ bytes: some Sequence<UInt8>, _ mediaType: String) -> Response {
        let body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        return Response(status: .ok, headers: [.contentType: mediaType], body: body)
    }

    /// One line of text that says what was wrong and what was expected.
    public static func refusal(
        _ status: HTTPResponse.Status,
        _ line: String,
        retryAfterSeconds: Int? = nil
    ) -> Response {
        var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
        if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
        return Response(
            status: status,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: line + "\n"))
        )
    }
}

extension Request {
    /// The whole body, of at most `limit` bytes.
    ///
    /// - Throws: `BodyRefusal`.
    public func wholeBody(upTo limit: Int) async throws(BodyRefusal) -> [UInt8] {
        do {
            return Array(buffer: try await body.collect(upTo: limit))
        } catch is NIOTooManyBytesError {
            throw BodyRefusal(.contentTooLarge, "at most \(limit) bytes are allowed")
        } catch {
            throw BodyRefusal(.badRequest, "the body ended early")
        }
    }
}

/// A body that could not be taken.
public struct BodyRefusal: Error {
    /// What to answer.
    public let response: Response

    init(_ status: HTTPResponse.Status, _ line: String) { response = .refusal(status, line) }
}
