import HoldfastCore
import HoldfastPlan

extension TimelineEvent {
    /// What the event does in a few words, such as `drop 20% of gateway 0`.
    public var label: String {
        switch action {
        case .drop(let drop): "drop \(share) \(place)\(manner(of: drop))\(comeback(of: drop))"
        case .kick(let notice): "kick \(share) \(place)\(notice ? "" : " without notice")"
        case .drain(let drain, let length):
            "drain \(gateways)\(drain.target.map { " to gateway \($0)" } ?? "") over "
                + "\(Readable.seconds(drain.over.seconds))\(forLength(length))"
        case .scale(let count): "scale to \(Readable.count(UInt64(count))) gateways"
        case .reloadBalancer(let keeps): "reload the balancer\(keeps ? "" : " without its counts")"
        case .foreground(let length): "app opened by \(share) sessions\(forLength(length))"
        case .resume: "retry by hand, \(share) \(place)"
        case .registry(.kill, let length): "kill etcd\(forLength(length))"
        case .registry(.pause, let length): "pause reports to the registry\(forLength(length))"
        case .registry(.shrink(let share), let length):
            "shrink the registry's list to \(Readable.number(share * 100, decimals: 2))%\(forLength(length))"
        case .freeze(let length): "freeze \(gateways)\(forLength(length))"
        case .kill(let length): "kill \(gateways)\(forLength(length))"
        case .crash(let length): "host of \(gateways) loses power\(forLength(length))"
        case .stall(let length): "stall \(gateways)\(forLength(length))"
        case .overload(let delay, let length):
            "overload \(gateways), answers \(Readable.seconds(delay.seconds)) late\(forLength(length))"
        case .disturb(let disturbance): "\(words(of: disturbance)) \(whose)\(forLength(disturbance.length))"
        case .reroute(let rerouting): "\(words(of: rerouting)) \(whose)"
        case .restart(let restart): "restart \(gateways)\(manner(of: restart))"
        case .rollingRestart(let restart, let every):
            "rolling restart of \(gateways), one every \(Readable.seconds(every.seconds))\(manner(of: restart))"
        }
    }

    private var share: String {
        switch scope.share {
        case .fraction(1): "all"
        case .fraction(let fraction): "\(Readable.number(fraction * 100, decimals: 2))%"
        case .count(let count): Readable.count(UInt64(max(0, count)))
        }
    }

    private var place: String { (scope.gateways == nil ? "of all sessions" : "of \(gateways)") + ofGroup }

    private var whose: String { (scope.gateways == nil ? "for \(share) sessions" : "at \(gateways)") + ofGroup }

    private var ofGroup: String { scope.group.map { " in group \($0)" } ?? "" }

    private func words(of disturbance: Disturbance) -> String {
        let way =
            switch disturbance.direction {
            case .both: ""
            case .toGateway: " to the gateway"
            case .toClient: " to the client"
            }
        return switch disturbance.kind {
        case .partition: "partition\(way)"
        case .loss: "\(Readable.number(disturbance.loss * 100, decimals: 2))% loss\(way)"
        case .delay: "\(Readable.seconds(disturbance.added.seconds)) of delay\(way)"
        case .congest: "congestion"
        case .loseResets: "resets lost"
        }
    }

    private func words(of rerouting: Rerouting) -> String {
        switch rerouting.kind {
        case .changeAddress: "new addresses"
        case .expireNat: "NAT forgets"
        case .rebindNat: "NAT rebinds"
        case .switchNetwork:
            "network switch" + (rerouting.network.map { " to \($0)" } ?? "")
                + (rerouting.isKnown ? "" : " unknown to the client")
        }
    }

    private var gateways: String {
        guard let ids = scope.gateways else { return "all gateways" }
        if ids.count == 1 { return "gateway \(ids[0])" }
        return ids.count <= 6 ? "gateways \(ids.map(String.init).joined(separator: ", "))" : "\(ids.count) gateways"
    }

    private func manner(of drop: Drop) -> String {
        let side = drop.side == .gateway ? " by the gateway" : ""
        switch drop.manner {
        case .fin: return side
        case .reset: return "\(side) with a reset"
        // The kernel under an abandoned socket still acknowledges: this is a silent program, not a dead path.
        case .vanish: return "\(side) silently (kernel acknowledges)"
        }
    }

    private func comeback(of drop: Drop) -> String {
        switch drop.comeback {
        case .policy: ""
        case .never: ", for good"
        case .after(let span): ", back after \(Readable.seconds(span.seconds))"
        }
    }

    private func manner(of restart: Restart) -> String {
        restart.manner == .kill ? " by kill" : ""
    }

    private func forLength(_ length: Span?) -> String {
        length.map { " for \(Readable.seconds($0.seconds))" } ?? ""
    }
}
