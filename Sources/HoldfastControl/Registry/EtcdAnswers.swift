import HoldfastCore

/// A lease of etcd.
public struct EtcdLease: Codable, Equatable, Sendable {
    let id: String

    private enum CodingKeys: String, CodingKey {
        case id = "ID"
    }

    /// The lease that was granted by `body`; nil when none was.
    public init?(granted body: [UInt8]) {
        guard let lease = RegistryExchange.decode(EtcdLease.self, body) else { return nil }
        self = lease
    }

    /// Whether `body` says that a lease lives on; one that is gone has no time to live.
    public static func isRenewed(by body: [UInt8]) -> Bool {
        RegistryExchange.decode(Renewal.self, body)?.result.ttl != nil
    }

    private struct Renewal: Decodable {
        struct Result: Decodable {
            var ttl: String?

            private enum CodingKeys: String, CodingKey {
                case ttl = "TTL"
            }
        }

        var result: Result
    }
}

/// What all gateways have said, at one moment.
public struct EtcdListing: Equatable, Sendable {
    /// etcd's number of that moment.
    public var revision: Int64
    /// What each of those whose lease lives said last.
    public var reports: [GatewayID: LoadReport]

    /// The listing in `body`; nil when it is none.
    public init?(_ body: [UInt8]) {
        guard let answer = RegistryExchange.decode(Answer.self, body), let revision = Int64(answer.header.revision)
        else { return nil }
        self.revision = revision
        let entries = (answer.kvs ?? []).compactMap { entry in
            EtcdExchange.gateway(ofKey: entry.key).map { ($0, EtcdExchange.report(inValue: entry.value)) }
        }
        reports = entries.reduce(into: [:]) { reports, entry in reports[entry.0] = entry.1 }
    }

    private struct Answer: Decodable {
        var header: EtcdHeader
        var kvs: [EtcdEntry]?
    }
}

/// One thing that happened.
public enum EtcdNews: Equatable, Sendable {
    /// A gateway is not there any more.
    case gone(GatewayID)
    /// A gateway said this.
    case report(LoadReport, of: GatewayID)

    /// What a line of a watch says; nil when the watch is over.
    public static func read(line: [UInt8]) -> [EtcdNews]? {
        guard let message = RegistryExchange.decode(Line.self, line), let result = message.result,
            result.canceled != true
        else { return nil }
        return (result.events ?? []).compactMap { event in
            guard let gateway = EtcdExchange.gateway(ofKey: event.kv.key) else { return nil }
            if event.type == "DELETE" { return .gone(gateway) }
            return EtcdExchange.report(inValue: event.kv.value).map { .report($0, of: gateway) }
        }
    }

    private struct Line: Decodable {
        struct Result: Decodable {
            var canceled: Bool?
            var events: [Event]?
        }

        struct Event: Decodable {
            var type: String?
            var kv: EtcdEntry
        }

        var result: Result?
    }
}

private struct EtcdHeader: Decodable {
    var revision: String
}

private struct EtcdEntry: Decodable {
    var key: String
    var value: String?
}
