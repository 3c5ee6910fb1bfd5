/// Names of the plan's language that this version does not carry out yet: refused as such, never ignored.
enum UnavailableNames {
    static let root = ["variants", "groups", "workload", "protocol", "faults"]
    static let target = ["endpoints", "identify", "registry", "middlebox", "replacement"]
    static let via = ["nginx", "nftables", "external"]
    static let algorithm = [
        "smooth-weighted-round-robin", "power-of-two", "source-hash", "consistent-hash", "maglev", "rendezvous",
        "bounded-load", "least-reported", "headroom-weighted", "subset", "sticky", "first", "nearest",
    ]
    static let balancer = ["layer", "idleTimeout", "onIdle", "instances", "mode"]
    static let healthCheck = ["tcp", "application"]
    static let gateway = [
        "capacity", "acceptRate", "loginTime", "stateBytes", "duplicateLogin", "maxAge", "maxAgeJitter", "shed",
        "weight", "region",
    ]
    static let heartbeat = ["userTimeout"]
    static let strategy = [
        "tcp-keepalive", "idle", "piggyback", "server", "reported", "bidirectional", "third-party", "adaptive",
    ]
    static let preset = [
        "article-60x3", "qq", "wechat", "weibo", "whatsapp-30s", "whatsapp-60s", "whatsapp-keepalive", "enterprise",
        "mars", "mars-old", "discord", "mqtt",
    ]
    static let reconnect = ["preset", "quarantine", "table"]
    static let policy = ["table"]
    static let jitter = ["proportional"]
    static let defaults = ["census", "flat"]
    static let scope = ["group"]
    static let action = [
        "crash", "stall", "overload", "scale", "drain", "partition", "loss", "delay", "congest", "expireNat",
        "loseResets", "switchNetwork", "changeAddress", "rebindNat", "vanish", "kick", "foreground", "resume",
        "registry", "reloadBalancer", "exec",
    ]
    static let cause = ["collateral"]
}
