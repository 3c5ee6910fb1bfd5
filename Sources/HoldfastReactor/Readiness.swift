import CHoldfastLinux

/// What a descriptor is ready for, as the kernel said it.
///
/// A FIN is `peerFinished` without `failed`; after an RST a read or `Reactor.takeError` says ECONNRESET. Whoever asks
/// first takes the error away, and a later read then looks like a FIN: ask once, and act on the answer.
public struct Readiness: OptionSet, Sendable {
    /// EPOLL flags.
    public let rawValue: UInt32

    /// The kernel's flags as they are.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// There are bytes, an end or an error to read, or a connection to accept.
    public static let readable = Readiness(rawValue: 0x001)
    /// There is room to write; of a connect: it is over.
    public static let writable = Readiness(rawValue: 0x004)
    /// The descriptor has an error: an RST came, or the connect failed.
    public static let failed = Readiness(rawValue: 0x008)
    /// Both directions are over.
    public static let hungUp = Readiness(rawValue: 0x010)
    /// The peer will send no more: FIN or RST.
    public static let peerFinished = Readiness(rawValue: 0x2000)

    /// Whether something ended, so that reading must go on until the end or the error has been seen.
    @inlinable
    public var isOver: Bool { !isDisjoint(with: [.failed, .hungUp, .peerFinished]) }
}

/// What a descriptor is watched for.
public struct Interest: OptionSet, Sendable {
    /// EPOLL flags.
    public let rawValue: UInt32

    /// The kernel's flags as they are.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Bytes, ends and errors to read, or connections to accept.
    public static let readable = Interest(rawValue: 0x001)
    /// Room to write, or the end of a connect.
    public static let writable = Interest(rawValue: 0x004)
    /// The peer's FIN.
    public static let peerFinished = Interest(rawValue: 0x2000)
    /// Say it once for each change, not for as long as it is so.
    public static let edge = Interest(rawValue: 1 << 31)

    /// A connection that was accepted: bytes and ends, once for each change.
    ///
    /// Read until a read returns less than the buffer holds, or, when the readiness `isOver`, until nothing is left.
    public static let incoming: Interest = [.readable, .peerFinished, .edge]
    /// A connection that is being made: one call watches its connect and everything after it, once for each change.
    public static let outgoing: Interest = [.readable, .writable, .peerFinished, .edge]
    /// A listener: for as long as somebody waits.
    public static let listener: Interest = .readable
    /// Errors alone, which are always told.
    public static let nothing: Interest = []
}
