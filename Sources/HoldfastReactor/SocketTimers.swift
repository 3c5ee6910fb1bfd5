import CHoldfastLinux
import HoldfastCore

/// What the kernel watches over by itself on one side of a connection, whatever the program does.
///
/// Both are each socket's own: tcp(7), TCP_KEEPIDLE and TCP_USER_TIMEOUT.
public struct SocketTimers: Equatable, Sendable {
    /// Probes after a silence; nil is none, which is the kernel's default.
    public var keepalive: Keepalive.Settings?
    /// How long what was sent may stay unacknowledged, to the millisecond; nil leaves it to retransmission.
    public var userTimeout: Span?

    /// Timers from their parts; nil when there is none.
    public init?(keepalive: Keepalive.Settings?, userTimeout: Span?) {
        guard keepalive != nil || userTimeout != nil else { return nil }
        self.keepalive = keepalive
        self.userTimeout = userTimeout
    }

    /// Sets the socket `descriptor` to them. Returns 0, or errno.
    public func set(on descriptor: Int32) -> Int32 {
        -holdfast_watch_over(
            descriptor,
            SocketTimers.seconds(keepalive?.idle),
            SocketTimers.seconds(keepalive?.interval),
            Int32(keepalive?.probes ?? 0),
            UInt32(clamping: (userTimeout ?? .zero).nanoseconds / 1_000_000)
        )
    }

    /// Which timer gave the connection of `descriptor` up, whose read failed with ETIMEDOUT; nil where none was set.
    ///
    /// Only an idle connection is probed: with something unacknowledged its retransmission goes on in place of probes.
    public static func expired(_ timers: SocketTimers?, on descriptor: Int32) -> KernelTimer {
        if timers?.keepalive != nil, holdfast_unanswered_probes(descriptor) > 0 { return .keepalive }
        return timers?.userTimeout == nil ? .retransmission : .userTimeout
    }

    private static func seconds(_ span: Span?) -> Int32 { Int32(clamping: (span ?? .zero).nanoseconds / 1_000_000_000) }
}
