import Foundation
import Hummingbird
import NIOCore

/// The answer of `GET /api/v1/series`.
struct SeriesAnswer: Codable, Equatable {
    struct Series: Codable, Equatable {
        /// Attributes of the resource and of the points.
        var attributes: [String: String]
        /// Pairs of seconds since 1970 and value, oldest first.
        var points: [[Double]]
    }

    var series: [Series]
}

/// The answer of `GET /api/v1/names`.
struct NamesAnswer: Codable, Equatable {
    struct Name: Codable, Equatable {
        var name: String
        var prometheusName: String
        var unit: String
        var kind: String
        /// How many series bear it.
        var series: Int
    }

    var names: [Name]
}

extension Response {
    static func json(_ value: some Encodable) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return bytes(try encoder.encode(value), "application/json")
    }

    static func bytes(_ bytes: some Sequence<UInt8>, _ mediaType: String) -> Response {
        let body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        return Response(status: .ok, headers: [.contentType: mediaType], body: body)
    }

    /// One line of text that says what was wrong and what was expected.
    static func refusal(_ status: HTTPResponse.Status, _ line: String, retryAfterSeconds: Int? = nil) -> Response {
        var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
        if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
        return Response(
            status: status,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: line + "\n"))
        )
    }
}
