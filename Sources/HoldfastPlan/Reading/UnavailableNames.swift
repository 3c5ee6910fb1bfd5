/// Names of the plan's language that this version does not carry out yet: refused as such, never ignored.
enum UnavailableNames {
    static let root = ["variants", "groups", "workload", "protocol", "faults"]
    static let target = ["endpoints", "identify", "middlebox"]
    static let via = ["nginx", "nftables", "external"]
    static let algorithm = ["nearest"]
    static let balancer = ["layer", "idleTimeout", "onIdle", "mode"]
    static let healthCheck = ["tcp", "application"]
    static let gateway = [
        "acceptRate", "loginTime", "stateBytes", "duplicateLogin", "maxAge", "maxAgeJitter", "shed", "region",
    ]
    static let heartbeat = ["userTimeout"]
    static let strategy = [
        "tcp-keepalive", "piggyback", "server", "bidirectional", "third-party", "adaptive",
    ]
    static let preset = [
        "mars", "mars-old", "mqtt",
    ]
    static let defaults = ["census", "flat"]
    static let scope = ["group"]
    static let action = [
        "crash", "stall", "overload", "scale", "drain", "partition", "loss", "delay", "congest", "expireNat",
        "loseResets", "switchNetwork", "changeAddress", "rebindNat", "vanish", "foreground",
        "reloadBalancer", "exec",
    ]
    static let cause = ["collateral"]
}
