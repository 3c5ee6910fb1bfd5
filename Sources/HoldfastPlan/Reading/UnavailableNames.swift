/// Names of the plan's language that this version does not carry out yet: refused as such, never ignored.
enum UnavailableNames {
    static let root = ["faults"]
    static let protocolKind = ["websocket", "mqtt", "scripted"]
    static let target = ["endpoints", "identify"]
    static let via = ["nftables"]
    static let balancer = ["layer"]
    static let action = ["exec"]
    static let cause = ["collateral"]
}
