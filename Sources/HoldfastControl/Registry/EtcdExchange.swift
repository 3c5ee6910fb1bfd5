import Foundation
import HoldfastCore
import HoldfastHTTP

/// What is said to an etcd, through its HTTP gateway: each gateway has a key that lives as long as its lease.
///
/// Keys are `/holdfast/gateways/ID`, values a `LoadReport`. In etcd's JSON 64-bit numbers are strings, bytes are
/// Base64, and what has its default is left out
/// (https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/).
public enum EtcdExchange {
    private static let prefix = "/holdfast/gateways/"

    /// Asks for a lease: who does not renew it for `ttl`, whole seconds, loses it.
    public static func grant(ttl: Span, at url: String) -> HTTPRequest {
        request(url, "/v3/lease/grant", Grant(ttl: "\(ttl.nanoseconds / 1_000_000_000)"))
    }

    /// Renews a lease.
    public static func renew(_ lease: EtcdLease, at url: String) -> HTTPRequest {
        request(url, "/v3/lease/keepalive", lease)
    }

    /// Gives a lease back, and with it goes what was said by it.
    public static func revoke(_ lease: EtcdLease, at url: String) -> HTTPRequest {
        request(url, "/v3/lease/revoke", lease)
    }

    /// Says what `gateway` carries, for as long as `lease` lives.
    public static func put(_ report: LoadReport, of gateway: GatewayID, by lease: EtcdLease, at url: String)
        -> HTTPRequest
    {
        let key = base64("\(prefix)\(gateway)".utf8)
        let value = base64(RegistryExchange.encode(report))
        return request(url, "/v3/kv/put", Put(key: key, value: value, lease: lease.id))
    }

    /// Asks for everything that gateways have said: an `EtcdListing`.
    public static func list(at url: String) -> HTTPRequest {
        request(url, "/v3/kv/range", Range(key: base64(prefix.utf8), end: base64(end.utf8)))
    }

    /// Asks for everything that happens after `revision`: a line for each `EtcdNews`, without an end.
    public static func watch(after revision: Int64, at url: String) -> HTTPRequest {
        let range = Range(key: base64(prefix.utf8), end: base64(end.utf8), startRevision: "\(revision + 1)")
        return request(url, "/v3/watch", Watch(createRequest: range))
    }

    /// Where the etcd of a run listens.
    public static func url(port: UInt16) -> String { RegistryExchange.url(port: port) }

    static func gateway(ofKey key: String?) -> GatewayID? {
        guard let text = text(key), text.hasPrefix(prefix) else { return nil }
        return GatewayID(text.dropFirst(prefix.count))
    }

    static func report(inValue value: String?) -> LoadReport? {
        Data(base64Encoded: value ?? "").flatMap { RegistryExchange.decode(LoadReport.self, [UInt8]($0)) }
    }

    /// The first key behind all that begin with the prefix.
    private static var end: String { prefix.dropLast() + "0" }

    private static func text(_ base64: String?) -> String? {
        Data(base64Encoded: base64 ?? "").map { String(decoding: $0, as: UTF8.self) }
    }

    private static func base64(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

    private static func request(_ url: String, _ path: String, _ message: some Encodable) -> HTTPRequest {
        RegistryExchange.request(url + path, RegistryExchange.encode(message))
    }

    private struct Grant: Encodable {
        var ttl: String

        private enum CodingKeys: String, CodingKey {
            case ttl = "TTL"
        }
    }

    private struct Put: Encodable {
        var key: String
        var value: String
        var lease: String
    }

    private struct Range: Encodable {
        var key: String
        var end: String
        var startRevision: String?

        private enum CodingKeys: String, CodingKey {
            case key
            case end = "range_end"
            case startRevision = "start_revision"
        }
    }

    private struct Watch: Encodable {
        var createRequest: Range

        private enum CodingKeys: String, CodingKey {
            case createRequest = "create_request"
        }
    }
}
