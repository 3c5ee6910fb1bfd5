/// What well-known clients do. All waits count from the end of the attempt before.
extension ReconnectPolicy {
    /// gRPC (connection-backoff.md): 1 s, then 1.6 times as long up to 120 s, all +- 20 %.
    public static let grpc = ReconnectPolicy(
        delay: .exponential(
            ExponentialDelay(base: .seconds(1), cap: .seconds(120), factor: 1.6, jitter: .proportional)
        )
    )

    /// Phoenix's JavaScript client: a table in milliseconds, without any jitter.
    public static let phoenix = ReconnectPolicy(
        delay: .table(
            DelayTable([10, 50, 100, 150, 200, 250, 500, 1000, 2000, 5000].map { .milliseconds($0) })
        )
    )

    /// NATS: 2 s and up to 100 ms more, 60 attempts.
    public static let nats = ReconnectPolicy(
        delay: .table(DelayTable([.seconds(2)], spread: .milliseconds(100))),
        maxAttempts: 60
    )

    /// WeChat's Mars (`longlink_connect_monitor.cc`, automatic reconnect) in a client that came to the foreground when
    /// its connection ended: every 15 s in the first minute, every 30 s until 10 min, then every 120 s and up to 19 s
    /// more, which is its only jitter.
    public static let mars = ReconnectPolicy(
        delay: .table(
            DelayTable(
                [Span](repeating: .seconds(15), count: 4) + [Span](repeating: .seconds(30), count: 18)
                    + [.seconds(120)],
                spread: .seconds(19)
            )
        )
    )

    /// RFC 6455, section 7.2.3, with the constants of Python's `websockets`: U(0, 5 s), then 3.1 s, 1.618 times as long
    /// each time up to 90 s, without jitter.
    public static let websocket = ReconnectPolicy(
        delay: .exponential(
            ExponentialDelay(
                base: .milliseconds(3100),
                cap: .seconds(90),
                factor: 1.618,
                first: .seconds(5),
                jitter: .none
            )
        )
    )

    /// The presets a plan may name.
    public static let presets: [String: ReconnectPolicy] = [
        "grpc": .grpc, "phoenix": .phoenix, "nats": .nats, "mars": .mars, "websocket": .websocket,
    ]
}
