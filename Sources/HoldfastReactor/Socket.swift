import CHoldfastLinux
import Glibc
import HoldfastCore

/// What can be done with a TCP socket by its descriptor alone. All are non-blocking and closed on exec.
public enum Socket {
    /// A listener. Its port can be taken again while connections of an earlier listener are still ending; where it
    /// `isShared`, by other processes at the same time, among which the kernel then spreads connections.
    public static func listen(
        on endpoint: Endpoint,
        backlog: Int32 = 4096,
        isShared: Bool = false
    ) throws(SystemError) -> Int32 {
        let descriptor = holdfast_listen(endpoint.address, endpoint.port, backlog, isShared)
        guard descriptor >= 0 else { throw SystemError(call: "listen on \(endpoint)", code: -descriptor) }
        return descriptor
    }

    /// Starts a connect from exactly `source`: a descriptor, whose connect may still be in progress, or -errno.
    ///
    /// EADDRINUSE and EADDRNOTAVAIL mean that the source port is taken. Connections in TIME_WAIT do not take it.
    @inlinable
    public static func connect(from source: Endpoint, to destination: Endpoint) -> Int32 {
        holdfast_connect(source.address, source.port, destination.address, destination.port)
    }

    /// The next connection of a listener, and where it comes from.
    @inlinable
    public static func accept(_ listener: Int32) -> AcceptOutcome {
        var peer = Endpoint(address: 0, port: 0)
        let descriptor = holdfast_accept(listener, &peer.address, &peer.port)
        if descriptor >= 0 { return .accepted(descriptor, peer) }
        switch -descriptor {
        // A client that was gone before it was accepted is not our failure.
        case EAGAIN, ECONNABORTED, EINTR: return .nothing
        case let code: return .failed(code)
        }
    }

    /// Reads what is there, as much as fits.
    @inlinable
    public static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> ReadOutcome {
        let count = holdfast_read(descriptor, buffer.baseAddress, buffer.count)
        if count > 0 { return .bytes(Int(count)) }
        if count == 0 { return .finished }
        let code = Int32(truncatingIfNeeded: -count)
        return code == EAGAIN || code == EINTR ? .nothing : .failed(code)
    }

    /// Writes as much as there is room for.
    @inlinable
    public static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> WriteOutcome {
        let count = holdfast_send(descriptor, bytes.baseAddress, bytes.count)
        if count >= 0 { return .wrote(Int(count)) }
        let code = Int32(truncatingIfNeeded: -count)
        return code == EAGAIN || code == EINTR ? .wrote(0) : .failed(code)
    }

    /// The pending error, 0 for none. Asking takes it away.
    @inlinable
    public static func takeError(_ descriptor: Int32) -> Int32 { holdfast_take_error(descriptor) }

    /// From now on the kernel drops whatever arrives, before TCP sees it, as a cut line does: nothing is acknowledged,
    /// and nobody can connect to a listener. False ends that. Returns 0, or errno.
    public static func dropIncoming(_ descriptor: Int32, _ isDropping: Bool) -> Int32 {
        -holdfast_drop_incoming(descriptor, isDropping)
    }

    /// Sends FIN after what was written; reading goes on.
    public static func finish(_ descriptor: Int32) { _ = holdfast_finish(descriptor) }

    /// Closes: FIN, or RST when something was received and never read.
    public static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    /// Closes with RST; what was written and not yet sent is thrown away.
    public static func reset(_ descriptor: Int32) { _ = holdfast_reset(descriptor) }

    /// Where it is bound; nil when it is not a socket any more.
    public static func localEndpoint(_ descriptor: Int32) -> Endpoint? {
        var local = Endpoint(address: 0, port: 0)
        return holdfast_local_endpoint(descriptor, &local.address, &local.port) == 0 ? local : nil
    }

    /// Whom it is connected to; nil when it is not.
    public static func peerEndpoint(_ descriptor: Int32) -> Endpoint? {
        var peer = Endpoint(address: 0, port: 0)
        return holdfast_peer_endpoint(descriptor, &peer.address, &peer.port) == 0 ? peer : nil
    }
}

/// What a listener had.
public enum AcceptOutcome: Equatable, Sendable {
    /// A descriptor, and where its connection comes from.
    case accepted(Int32, Endpoint)
    /// Nobody waits; when the listener is watched by level, whoever still does will be told again.
    case nothing
    /// errno: EMFILE and ENFILE when there are no descriptors left.
    case failed(Int32)
}

/// What a read found.
public enum ReadOutcome: Equatable, Sendable {
    /// This many bytes.
    case bytes(Int)
    /// Nothing now.
    case nothing
    /// The peer's FIN.
    case finished
    /// errno: ECONNRESET for the peer's RST, ETIMEDOUT when the kernel gave the connection up.
    case failed(Int32)
}

/// What became of a write.
public enum WriteOutcome: Equatable, Sendable {
    /// This many bytes, fewer than asked, even none, when there is no room for more.
    case wrote(Int)
    /// errno: ECONNRESET for the peer's RST, EPIPE when that came after its FIN.
    case failed(Int32)
}

extension ConnectFailure {
    /// The failure that the errno of a connect means.
    public init(errno code: Int32) {
        switch code {
        case ECONNREFUSED: self = .refused
        case ETIMEDOUT: self = .timeout
        case ECONNRESET, EPIPE: self = .reset
        case EADDRINUSE, EADDRNOTAVAIL, EMFILE, ENFILE, ENOBUFS, ENOMEM: self = .noPort
        default: self = .unreachable
        }
    }
}
