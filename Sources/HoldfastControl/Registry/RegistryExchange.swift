import Foundation
import HoldfastCore
import HoldfastHTTP

/// What gateways and sessions say to a registry over HTTP; bodies are JSON.
///
/// | request | body | answer |
/// | --- | --- | --- |
/// | `POST /v1/gateways/ID`, a gateway registers or renews | `{"load": 812}` | 200, `{}` |
/// | `POST /v1/gateways/ID/leave`, it is about to go | | 200, `{}` |
/// | `GET /v1/gateways`, who is on the list | | 200 and a `RegistryListing` |
/// | `POST /v1/route`, where attempts go | a `RouteQuestions` | 200 and a `RouteAnswers` |
/// | `GET /healthz` | | 200 |
public enum RegistryExchange {
    /// Attempts in one question.
    public static let batchLimit = 4_096
    /// Bytes of a body.
    public static let bodyLimit = 1 << 20

    /// JSON of `value`.
    public static func encode(_ value: some Encodable) -> [UInt8] {
        // None of the messages holds anything that JSON could not.
        (try? JSONEncoder().encode(value)).map { [UInt8]($0) } ?? []
    }

    /// The message in `body`; nil when it is not one.
    public static func decode<Message: Decodable>(_ type: Message.Type, _ body: [UInt8]) -> Message? {
        try? JSONDecoder().decode(type, from: Data(body))
    }

    /// A message to `url`. Who does not answer within two seconds does not answer: the next message is due.
    public static func request(_ url: String, _ body: [UInt8]) -> HTTPRequest {
        var request = HTTPRequest(url: url)
        request.headers = [("Content-Type", "application/json")]
        request.body = body
        request.timeoutMilliseconds = 2_000
        request.connectTimeoutMilliseconds = 2_000
        return request
    }

    /// Where the registry of a run listens.
    public static func url(port: UInt16) -> String { "http://\(dottedQuad(FleetAddressing.registry)):\(port)" }
}
