import Foundation
import HoldfastCore

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

    /// Where the registry of a run listens.
    public static func url(port: UInt16) -> String { "http://\(dottedQuad(FleetAddressing.registry)):\(port)" }
}

/// What a gateway says of itself.
public struct LoadReport: Codable, Equatable, Sendable {
    /// Connections that it carries.
    public var load: UInt64

    /// A report.
    public init(load: UInt64) { self.load = load }
}

/// Attempts that want to know where to go, field by field; all lists have the same length.
public struct RouteQuestions: Codable, Equatable, Sendable {
    /// Random bits of each attempt.
    public var draws: [UInt64] = []
    /// The gateway that it would rather not be sent to; -1 for none.
    public var avoided: [Int64] = []
    /// The gateway that it has in quarantine, the last to be taken; -1 for none.
    public var quarantined: [Int64] = []

    /// No attempt yet.
    public init() {}

    /// Asks for one more attempt.
    public mutating func add(draw: UInt64, avoiding avoidance: Avoidance) {
        draws.append(draw)
        avoided.append(RouteAnswers.number(of: avoidance.avoided))
        quarantined.append(RouteAnswers.number(of: avoidance.quarantined))
    }

    /// What the attempt at `position` keeps off.
    public func avoidance(_ position: Int) -> Avoidance {
        Avoidance(
            avoided: RouteAnswers.gateway(avoided[position]),
            quarantined: RouteAnswers.gateway(quarantined[position])
        )
    }

    /// Whether it can be answered.
    public var isSound: Bool {
        draws.count <= RegistryExchange.batchLimit && avoided.count == draws.count && quarantined.count == draws.count
    }
}

/// Where attempts go, in the order of the question.
public struct RouteAnswers: Codable, Equatable, Sendable {
    /// Of each attempt the gateway; -1 when there is none.
    public var gateways: [Int64]

    /// Answers for `gateways`.
    public init(_ gateways: [GatewayID?]) { self.gateways = gateways.map { Self.number(of: $0 ?? noGateway) } }

    /// The gateway of the attempt at `position`; `noGateway` when there is none.
    public func gateway(_ position: Int) -> GatewayID { Self.gateway(gateways[position]) }

    static func number(of gateway: GatewayID) -> Int64 { gateway == noGateway ? -1 : Int64(gateway) }

    static func gateway(_ number: Int64) -> GatewayID { GatewayID(exactly: number) ?? noGateway }
}

/// Who is on the registry's list.
public struct RegistryListing: Codable, Equatable, Sendable {
    /// One gateway of the list.
    public struct Gateway: Codable, Equatable, Sendable {
        /// Its id.
        public var id: GatewayID
        /// How old its last report is; nil for one that has left a list which is kept all the same.
        public var ageSeconds: Double?

        /// A gateway of the list.
        public init(id: GatewayID, ageSeconds: Double?) {
            self.id = id
            self.ageSeconds = ageSeconds
        }
    }

    /// +1 whenever the list changes.
    public var version: UInt64
    /// Whether it is an old list, because the present one was not believed.
    public var isProtected: Bool
    /// Ascending by id.
    public var gateways: [Gateway]

    /// A list.
    public init(version: UInt64, isProtected: Bool, gateways: [Gateway]) {
        self.version = version
        self.isProtected = isProtected
        self.gateways = gateways
    }
}
