import HoldfastCore

/// nginx's configuration for one run: the stream module, one listener, one server a gateway.
///
/// Why it says what it says:
/// - `zone`: without it every worker counts for itself, and is a balancer of its own. So are `instances`; otherwise the
///   counts are shared, however many workers there are.
/// - `reuseport`: the kernel deals connections out to the workers by a hash. Without it who wakes first takes most.
/// - `max_fails=1`: a gateway that refuses a connection is out for `fail_timeout`, in whole seconds. nginx's stream
///   module has no health checks; it finds out by its clients' connects, and tries the next gateway for them.
/// - `proxy_timeout` near nginx's maximum unless a plan says otherwise: what ends a connection is the plan.
/// - `random two least_conn` draws two distinct ones; `random` without more is one draw.
/// - `hash $remote_addr consistent` for `consistent-hash`, without `consistent` for `source-hash`.
///
/// Limits: two descriptors a session, and upstream connections come from 127.0.0.1 and the ephemeral range, about
/// 28,000 to each gateway. nginx's stream module does not tell how many connections it has to whom.
public struct NginxConfiguration: Equatable, Sendable {
    /// The address on which it listens.
    public var address: String
    /// The port on which it listens.
    public var port: UInt16
    /// The gateways' addresses; a gateway's id is its position.
    public var gatewayAddresses: [String]
    /// The port of all gateways.
    public var gatewayPort: UInt16
    /// How it picks one.
    public var algorithm: BalancingAlgorithm
    /// One weight for each gateway; none when all are alike.
    public var weights: [Int]
    /// Processes that carry connections.
    public var workers: Int
    /// Whether their counts are shared.
    public var sharesCounts: Bool
    /// Connections of one worker at a time, both sides of a session and the listener counted.
    public var connectionsPerWorker: Int
    /// Length of the accept queue asked for.
    public var acceptQueue: Int
    /// How long one connect to a gateway may take.
    public var connectTimeout: Span
    /// How long a gateway that refused a connection is out of service; nil is not at all.
    public var failTimeout: Span?
    /// Whether a client whose gateway refused the connection is given another one; else it is reset.
    public var triesNext: Bool
    /// Connections that it gives one gateway; nil is as many as come. Workers that share no counts have each its own.
    public var maxConnections: Int?
    /// Silence both ways after which it ends a connection; nil is never.
    public var idleTimeout: Span?

    /// A configuration from its parts.
    public init(
        address: String,
        port: UInt16,
        gatewayAddresses: [String],
        gatewayPort: UInt16,
        algorithm: BalancingAlgorithm,
        weights: [Int] = [],
        workers: Int = 1,
        sharesCounts: Bool = true,
        connectionsPerWorker: Int,
        acceptQueue: Int,
        connectTimeout: Span = .seconds(5),
        failTimeout: Span? = .seconds(1),
        triesNext: Bool = true,
        maxConnections: Int? = nil,
        idleTimeout: Span? = nil
    ) {
        self.address = address
        self.port = port
        self.gatewayAddresses = gatewayAddresses
        self.gatewayPort = gatewayPort
        self.algorithm = algorithm
        self.weights = weights
        self.workers = workers
        self.sharesCounts = sharesCounts
        self.connectionsPerWorker = connectionsPerWorker
        self.acceptQueue = acceptQueue
        self.connectTimeout = connectTimeout
        self.failTimeout = failTimeout
        self.triesNext = triesNext
        self.maxConnections = maxConnections
        self.idleTimeout = idleTimeout
    }

    /// The descriptors that one of so many workers needs to carry so many sessions: two each, beside those for its own
    /// use, among them a channel and a listener of each worker.
    public static func descriptors(sessions: Int, workers: Int) -> Int { 2 * sessions + 2 * workers + 64 }

    /// The configuration file of an nginx whose own files are below `directory`.
    public func text(directory: String) -> String {
        let head = """
            daemon off;
            load_module \(Self.streamModule);
            worker_processes \(workers);
            worker_rlimit_nofile \(connectionsPerWorker);
            pid "\(directory)/nginx.pid";
            error_log stderr warn;

            events {
                worker_connections \(connectionsPerWorker);
            }

            stream {
                access_log off;
                upstream gateways {

            """
        let limit = maxConnections.map { " max_conns=\($0)" } ?? ""
        let servers = gatewayAddresses.enumerated().map { id, address in
            let weight = weights.isEmpty ? "" : " weight=\(weights[id])"
            return "        server \(address):\(gatewayPort)\(weight)\(limit) \(failures);\n"
        }
        let tail = """
                }
                server {
                    listen \(address):\(port) backlog=\(acceptQueue) reuseport;
                    proxy_pass gateways;
                    proxy_connect_timeout \(connectTimeout.inMilliseconds);
                    proxy_timeout \(idleTimeout.orNever);
                    proxy_next_upstream \(triesNext ? "on" : "off");
                }
            }

            """
        // A gateway takes some 600 bytes of it.
        let zone = sharesCounts ? "        zone gateways \(1 + gatewayAddresses.count / 1_000)m;\n" : ""
        let method = Self.method(of: algorithm).map { "        \($0);\n" } ?? ""
        return head + zone + method + servers.joined() + tail
    }

    /// nginx's own words for an algorithm; nil for what it does by itself, which is smooth weighted round robin.
    public static func method(of algorithm: BalancingAlgorithm) -> String? {
        switch algorithm {
        case .roundRobin, .smoothWeightedRoundRobin: nil
        case .leastConnections: "least_conn"
        case .random: "random"
        case .powerOfTwo: "random two least_conn"
        case .sourceHash: "hash $remote_addr"
        case .consistentHash: "hash $remote_addr consistent"
        case .boundedLoad, .first, .headroomWeighted, .leastReported, .maglev, .nearest, .rendezvous, .sticky, .subset:
            preconditionFailure("a plan with \(algorithm) of nginx is refused when it is read")
        }
    }

    /// Where Debian's package puts it; nginx looks for it below its own prefix.
    static let streamModule = "/usr/lib/nginx/modules/ngx_stream_module.so"

    /// nginx counts in whole seconds; 0 would never put a gateway out of service.
    private var failures: String {
        guard let failTimeout else { return "max_fails=0" }
        return "max_fails=1 fail_timeout=\(max(1, (failTimeout.nanoseconds + 999_999_999) / 1_000_000_000))s"
    }
}
