import HoldfastCore

/// One planned disturbance.
public struct TimelineEvent: Equatable, Sendable {
    /// When, from t0.
    public var at: Span
    /// The phase that it opens; nil leaves the phase as it is.
    public var phase: String?
    /// Whom it hits.
    public var scope: Scope
    /// What it does.
    public var action: FaultAction
    /// Where the plan says so, for messages: line and column, 1-based.
    public var position: Position

    /// An event from its parts; nothing is checked.
    public init(at: Span, phase: String?, scope: Scope, action: FaultAction, position: Position) {
        self.at = at
        self.phase = phase
        self.scope = scope
        self.action = action
        self.position = position
    }

    /// Two events are equal when they do the same, wherever their plans say so.
    public static func == (left: TimelineEvent, right: TimelineEvent) -> Bool {
        left.at == right.at && left.phase == right.phase && left.scope == right.scope && left.action == right.action
    }
}

/// A place in a plan's text.
public struct Position: Equatable, Sendable {
    /// 1-based.
    public var line: Int
    /// 1-based.
    public var column: Int

    /// A place.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// Whom a timeline event hits.
public struct Scope: Equatable, Sendable {
    /// The gateways; nil is no restriction (for `drop`: all sessions, wherever they are).
    public var gateways: [GatewayID]?
    /// How many of the sessions in the scope; all by default. Meaningful for `drop` only.
    public var share: Share
    /// The group, by its position in the plan; nil is no restriction.
    public var group: Int?

    /// A scope from its parts; all sessions of it by default.
    public init(gateways: [GatewayID]?, share: Share = .fraction(1), group: Int? = nil) {
        self.gateways = gateways
        self.share = share
        self.group = group
    }
}

/// How many of a population.
public enum Share: Equatable, Sendable {
    /// `floor(fraction * population + 0.5)` of them.
    case fraction(Double)
    /// This many, or all if there are fewer.
    case count(Int)

    /// The number of victims in a population.
    public func victims(of population: Int) -> Int {
        switch self {
        case .fraction(let fraction): min(population, Int((fraction * Double(population) + 0.5).rounded(.down)))
        case .count(let count): min(population, count)
        }
    }
}

/// What a timeline event does.
public enum FaultAction: Equatable, Sendable {
    /// End connections of sessions.
    case drop(Drop)
    /// Stop the gateways' processes for `length`; nil is until the end of the run.
    case freeze(length: Span?)
    /// Kill the gateways' processes; started again after `length`, nil is never.
    case kill(length: Span?)
    /// Stop one gateway, wait, start it again.
    case restart(Restart)
    /// Restart gateways one after the other, the i-th at `at + i * every`.
    case rollingRestart(Restart, every: Span)
    /// Gateways end connections of sessions; with `notice` they say so first, and the sessions stop.
    case kick(notice: Bool)
    /// Sessions that gave up try again.
    case resume
    /// Disturb the registry for `length`; nil is until the end of the run.
    case registry(RegistryDisturbance, length: Span?)
    /// The gateways' hosts lose power for `length`; nil is for good.
    case crash(length: Span?)
    /// The gateways accept and read and do not answer for `length`; nil is until the end of the run.
    case stall(length: Span?)
    /// The gateways answer this much later for `length`; nil is until the end of the run.
    case overload(delay: Span, length: Span?)
    /// The network between sessions and gateways is disturbed.
    case disturb(Disturbance)
    /// Connections lose their way through the network.
    case reroute(Rerouting)
    /// The app is opened for `length`; nil is until the end of the run.
    case foreground(length: Span?)
    /// The gateways take no new connections for `length`, nil is to the end, and ask their sessions to go.
    case drain(Drain, length: Span?)
    /// The fleet has this many gateways from now on: ids are appended, the highest removed.
    case scale(to: Int)
    /// The balancer begins anew, with its cursor and counts or without.
    case reloadBalancer(keepCounts: Bool)

    /// The kind, without its parameters.
    public var kind: FaultKind {
        switch self {
        case .drop: .drop
        case .freeze: .freeze
        case .kill: .kill
        case .restart: .restart
        case .rollingRestart: .rollingRestart
        case .kick: .kick
        case .resume: .resume
        case .registry: .registry
        case .crash: .crash
        case .stall: .stall
        case .overload: .overload
        case .disturb(let disturbance): disturbance.kind.faultKind
        case .reroute(let rerouting): rerouting.kind.faultKind
        case .foreground: .foreground
        case .drain: .drain
        case .scale: .scale
        case .reloadBalancer: .reloadBalancer
        }
    }

    /// How long it goes on, for what says so with `for`; nil is until the end of the run, or for good.
    public var length: Span? {
        switch self {
        case .freeze(let length), .kill(let length), .crash(let length), .stall(let length): length
        case .overload(_, let length), .registry(_, let length), .foreground(let length), .drain(_, let length):
            length
        case .disturb(let disturbance): disturbance.length
        case .drop, .kick, .resume, .restart, .rollingRestart, .reroute, .scale, .reloadBalancer: nil
        }
    }
}

extension FaultAction {
    /// How many gateways there are to be; nil for any other action.
    public var scale: Int? {
        guard case .scale(let gateways) = self else { return nil }
        return gateways
    }

    /// How sessions' connections are ended, for what ends connections and leaves processes alone. A kick without notice
    /// is a drop by the gateway.
    public var drop: Drop? {
        switch self {
        case .drop(let drop): drop
        case .kick: Drop(manner: .fin, side: .gateway, comeback: .policy)
        default: nil
        }
    }

    /// What the gateway's end of a victim's connection is told, for what gateways end.
    public var gatewayCommand: GatewayCommand? {
        switch self {
        case .drop(let drop): drop.side == .gateway ? .drop(drop.manner) : nil
        // Somebody else logged in with the account.
        case .kick(let notice): notice ? .kick(.duplicate) : .drop(.fin)
        default: nil
        }
    }
}

/// What can happen to a registry.
public enum RegistryDisturbance: Equatable, Sendable {
    /// The etcd behind it is killed, and started again when it is over: its list is as of the last word.
    case kill
    /// Nothing reaches it any more: loads grow old, and registrations run out.
    case pause
    /// It shows only this share of its gateways, those with the lowest ids; above 0, at most 1.
    case shrink(to: Double)
}

/// How connections are dropped.
public struct Drop: Equatable, Sendable {
    /// Which end does it.
    public enum Side: String, CaseIterable, Sendable {
        /// The session.
        case client
        /// The gateway.
        case gateway
    }

    /// When the session comes back.
    public enum Return: Equatable, Sendable {
        /// As its reconnect policy says.
        case policy
        /// Never: the session stops, `departed`.
        case never
        /// One attempt exactly then, later ones by policy.
        case after(Span)
    }

    /// How the connection ends.
    public var manner: CloseManner
    /// Which end does it.
    public var side: Side
    /// When the session comes back.
    public var comeback: Return

    /// A drop from its parts.
    public init(manner: CloseManner, side: Side, comeback: Return) {
        self.manner = manner
        self.side = side
        self.comeback = comeback
    }
}

/// How a gateway is stopped and started again.
public struct Restart: Equatable, Sendable {
    /// The two ways to stop.
    public enum Manner: String, CaseIterable, Sendable {
        /// Stop listening, GOAWAY, wait at most `gateway.drain`, FIN, exit.
        case graceful
        /// SIGKILL.
        case kill
    }

    /// How it stops.
    public var manner: Manner
    /// From the end of the process to the next one that listens.
    public var down: Span

    /// A restart from its parts.
    public init(manner: Manner, down: Span) {
        self.manner = manner
        self.down = down
    }
}
