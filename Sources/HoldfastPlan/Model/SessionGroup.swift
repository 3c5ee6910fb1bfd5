import HoldfastCore

/// Sessions that differ from the others: what a group leaves out is as the plan says.
public struct SessionGroup: Equatable, Sendable {
    /// What stands between the sessions of a group and everything else.
    public enum Network: Equatable, Sendable {
        /// What the plan says, and the table is one with that of the others.
        case asPlanned
        /// Nothing, whatever the plan says.
        case open
        /// A box of the group's own.
        case behind(MiddleboxPolicy)
    }

    /// What the section `reconnect` of a group says.
    public struct Reconnecting: Equatable, Sendable {
        /// When they come back.
        public var policy: ReconnectPolicy
        /// Which gateways they consider after a failure.
        public var onFailure: FailureChoice

        /// A section from its parts.
        public init(policy: ReconnectPolicy, onFailure: FailureChoice) {
            self.policy = policy
            self.onFailure = onFailure
        }
    }

    /// Its name, by which expectations and the timeline speak of it.
    public var name: String
    /// Its share of all sessions; those of all groups are 1 together.
    public var share: Double
    /// How they prove that their gateway lives.
    public var heartbeat: HeartbeatPolicy?
    /// When they come back.
    public var reconnect: Reconnecting?
    /// How long their connections live of themselves.
    public var churn: Churn?
    /// What stands between them and everything else.
    public var network: Network
    /// Where they are; nil in a plan without regions.
    public var region: String?

    /// A group from its parts, like all others in what it leaves out.
    public init(
        name: String,
        share: Double,
        heartbeat: HeartbeatPolicy? = nil,
        reconnect: Reconnecting? = nil,
        churn: Churn? = nil,
        network: Network = .asPlanned,
        region: String? = nil
    ) {
        self.name = name
        self.share = share
        self.heartbeat = heartbeat
        self.reconnect = reconnect
        self.churn = churn
        self.network = network
        self.region = region
    }

    /// Groups of one plan.
    public static let limit = 64
}
