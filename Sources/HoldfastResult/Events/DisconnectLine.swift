import HoldfastCore

/// One whole disconnect, as a line of `events.jsonl`.
public struct DisconnectLine: Codable, Equatable, Sendable {
    /// Always `disconnect`.
    public var type = DisconnectLine.type
    /// When the session knew; plan seconds since t0.
    public var at: Double
    /// The session.
    public var session: SessionID
    /// The connection's ordinal: attempts of this session before it.
    public var ordinal: Ordinal
    /// The gateway that it was admitted on.
    public var gateway: GatewayID
    /// How the session came to know.
    public var mechanism: String
    /// Who is held responsible.
    @OrNull public var cause: String?
    /// The fault's index in the timeline; null for causes without one.
    @OrNull public var fault: Int?
    /// When it was admitted; plan seconds since t0.
    public var admittedAt: Double
    /// The last byte received; plan seconds since t0.
    public var lastProofOfLife: Double
    /// From where to where it went.
    public var tuple: String

    static let type = "disconnect"

    /// A row's instants are nanoseconds since t0 already.
    init(_ row: DisconnectRow, timeScale: Double) {
        func planSeconds(_ instant: Instant) -> Double { (instant - .zero).seconds * timeScale }
        at = planSeconds(row.at)
        session = row.session
        ordinal = row.ordinal
        gateway = row.gateway
        mechanism = row.mechanism.rawValue
        cause = row.cause?.rawValue
        fault = row.fault
        admittedAt = planSeconds(row.admittedAt)
        lastProofOfLife = planSeconds(row.lastProofOfLife)
        tuple = row.tuple
    }
}
