import HoldfastCore

/// HAProxy's configuration for one run: layer 4, one listener, one server a gateway.
///
/// Why it says what it says:
/// - `nbthread 1`: every thread has a cursor of its own, and `round-robin` means one.
/// - `retries 3`, `option redispatch 1`: without redispatch, retries wait for the server that is down, and a rolling
///   restart ends elsewhere. `check inter 100ms fall 1 rise 1`, unless a plan says otherwise: a server is out and in
///   again at once, and gets its whole share.
/// - Timeouts near HAProxy's maximum unless a plan says otherwise: what ends a connection is the plan.
/// - `random(1)`: one draw; HAProxy's default is the better of two. It draws from a hash ring with 16 points for each
///   unit of weight, so the weight is the largest there is; with weight 1 the shares would be visibly uneven. So it is
///   with `hash-type consistent`, which looks for a session's address on that ring. Unequal weights are scaled to it.
/// - `maxconn` of a server only for `first`; clients that come when all are full wait as long as a connect may take.
///
/// Its health checks connect to the gateways: they see connections that end without a HELLO. A frozen gateway passes
/// them, since its kernel accepts, unless they want an answer.
///
/// - `server-state-file` for one that can be reloaded: its new worker knows who was in service, and does not take
///   everybody to be there until its first check.
///
/// Limits: two descriptors a session in one process (``maximumConnections(descriptorLimit:servers:)``), and upstream
/// connections come from 127.0.0.1 and the ephemeral range, about 28,000 to each gateway.
public struct HAProxyConfiguration: Equatable, Sendable {
    /// The address on which it listens.
    public var address: String
    /// The port on which it listens.
    public var port: UInt16
    /// The gateways' addresses; a gateway's id is its position.
    public var gatewayAddresses: [String]
    /// So many of the last ones do not exist yet; a health check finds them when they do.
    public var absentGateways: Int
    /// The port of all gateways.
    public var gatewayPort: UInt16
    /// How it picks one.
    public var algorithm: BalancingAlgorithm
    /// One weight for each gateway, 1 to 256; none when all are alike.
    public var weights: [Int]
    /// Connections that `first` gives to one gateway.
    public var capacity: Int?
    /// How many times its even share `bounded-load` gives to one gateway.
    public var boundedLoad: Double
    /// Connections at a time; more wait in the accept queue.
    public var maximumConnections: Int
    /// Length of the accept queue asked for.
    public var acceptQueue: Int
    /// How long one connect to a gateway may take.
    public var connectTimeout: Span
    /// How often it looks at a gateway, and how many looks it takes to change its mind.
    public var check: CheckSettings
    /// How long it takes a server that comes back to get its whole weight again; nil is no time.
    public var slowStart: Span?
    /// Whether a look wants an answer from the gateway's program; else its kernel's is enough.
    public var wantsAnswer: Bool
    /// Silence both ways after which it ends a connection; nil is never.
    public var idleTimeout: Span?

    /// A configuration from its parts.
    public init(
        address: String,
        port: UInt16,
        gatewayAddresses: [String],
        absentGateways: Int = 0,
        gatewayPort: UInt16,
        algorithm: BalancingAlgorithm,
        weights: [Int] = [],
        capacity: Int? = nil,
        boundedLoad: Double = 1.25,
        maximumConnections: Int,
        acceptQueue: Int,
        connectTimeout: Span = .seconds(5),
        check: CheckSettings = HAProxyConfiguration.quickCheck,
        slowStart: Span? = nil,
        wantsAnswer: Bool = false,
        idleTimeout: Span? = nil
    ) {
        self.address = address
        self.port = port
        self.gatewayAddresses = gatewayAddresses
        self.absentGateways = absentGateways
        self.gatewayPort = gatewayPort
        self.algorithm = algorithm
        self.weights = weights
        self.capacity = capacity
        self.boundedLoad = boundedLoad
        self.maximumConnections = maximumConnections
        self.acceptQueue = acceptQueue
        self.connectTimeout = connectTimeout
        self.check = check
        self.slowStart = slowStart
        self.wantsAnswer = wantsAnswer
        self.idleTimeout = idleTimeout
    }

    /// A server is out, and in again, with the first look.
    public static let quickCheck = CheckSettings(interval: .milliseconds(100), fall: 1, rise: 1)

    /// How many connections one HAProxy process can carry with `descriptorLimit` descriptors: two each, beside those
    /// for its own use and for the health check of every server.
    public static func maximumConnections(descriptorLimit: Int, servers: Int) -> Int {
        max(0, (descriptorLimit - descriptors(connections: 0, servers: servers)) / 2)
    }

    /// The descriptors that one HAProxy process needs to carry so many connections.
    public static func descriptors(connections: Int, servers: Int) -> Int { 2 * connections + 100 + 2 * servers }

    /// The configuration file, with the statistics socket at `statisticsSocket`. One that has a `stateFile` reads there
    /// at its start who was in service.
    public func text(statisticsSocket: String, stateFile: String? = nil) -> String {
        let stateful = stateFile.map { "\n    server-state-file \(Self.escaped($0))" } ?? ""
        let head = """
            global
                maxconn \(maximumConnections)
                nbthread 1
                stats socket \(Self.escaped(statisticsSocket)) mode 600 level user\(stateful)

            defaults
                mode tcp\(stateFile == nil ? "" : "\n    load-server-state-from-file global")
                maxconn \(maximumConnections)
                backlog \(acceptQueue)
                retries 3
                option redispatch 1
                timeout connect \(connectTimeout.inMilliseconds)
                timeout client \(idleTimeout.orNever)
                timeout server \(idleTimeout.orNever)
                timeout tunnel \(idleTimeout.orNever)

            listen \(Self.proxyName)
                bind \(address):\(port)
                balance \(Self.name(of: algorithm))\(hashing)\(asking)

            """
        let servers = gatewayAddresses.enumerated().map { id, address in
            "    server \(Self.serverName(id)) \(address):\(gatewayPort)\(limits(of: id))"
                + " check inter \(check.interval.inMilliseconds) fall \(check.fall) rise \(check.rise)\(warming)\n"
        }
        return head + servers.joined()
    }

    private var warming: String { slowStart.map { " slowstart \($0.inMilliseconds)" } ?? "" }

    /// A goodbye in place of a login, which a gateway answers in kind.
    private var asking: String {
        guard wantsAnswer else { return "" }
        let goodbye = withUnsafeTemporaryAllocation(byteCount: WireFormat.helloBytes, alignment: 8) { buffer in
            let count = FrameEncoder.encode(.bye(.leave), into: buffer)
            return buffer[..<count].map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
        return """

                option tcp-check
                tcp-check connect
                tcp-check send-binary \(goodbye)
                tcp-check expect binary \(goodbye)
            """
    }

    /// The lines after that of the algorithm.
    private var hashing: String {
        switch algorithm {
        case .boundedLoad:
            "\n    hash-type consistent\n    hash-balance-factor \(Int((boundedLoad * 100).rounded()))"
        case .consistentHash: "\n    hash-type consistent"
        default: ""
        }
    }

    /// A server's weight and how much it takes, when that is not as HAProxy has it anyway.
    private func limits(of gateway: Int) -> String {
        switch algorithm {
        case .first: return capacity.map { " maxconn \($0)" } ?? ""
        case .boundedLoad, .consistentHash, .powerOfTwo, .random:
            guard let largest = weights.max() else { return " weight 256" }
            return " weight \(max(1, weights[gateway] * 256 / largest))"
        default: return weights.isEmpty ? "" : " weight \(weights[gateway])"
        }
    }

    /// HAProxy's own name of an algorithm.
    public static func name(of algorithm: BalancingAlgorithm) -> String {
        switch algorithm {
        case .boundedLoad, .consistentHash, .sourceHash: "source"
        case .first: "first"
        case .leastConnections: "leastconn"
        case .powerOfTwo: "random(2)"
        case .random: "random(1)"
        case .roundRobin: "roundrobin"
        case .headroomWeighted, .leastReported, .maglev, .nearest, .rendezvous, .smoothWeightedRoundRobin, .sticky,
            .subset:
            preconditionFailure("a plan with \(algorithm) of HAProxy is refused when it is read")
        }
    }

    static let proxyName = "holdfast"

    static func serverName(_ gateway: Int) -> String { "gateway-\(gateway)" }

    /// A word for HAProxy: blanks, quotes, `#` and `$` have a meaning of their own there.
    private static func escaped(_ path: String) -> String {
        path.reduce(into: "") { word, character in
            let plain = character.isLetter || character.isNumber || "/._-".contains(character)
            word += plain ? String(character) : "\\\(character)"
        }
    }
}
