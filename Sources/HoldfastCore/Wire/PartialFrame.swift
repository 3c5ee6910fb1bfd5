/// The bytes of a frame whose end has not arrived yet, kept for one connection between two reads.
///
/// A driver reads every connection into one shared buffer and decodes in place, so that nothing is copied and nothing
/// is kept a connection. Only a read that ends inside a frame leaves a rest, and only then does this hold memory:
///
///     var filled = partial.restore(into: buffer)
///     filled += read(descriptor, into: buffer[filled...])
///     ... decode frames from buffer[..<filled] until `.incomplete` ...
///     if rest.count > 0 { partial.keep(rest) }
///
/// The shared buffer must be longer than `limit`, so that a read always has room. Empty, it is one word and owns
/// nothing.
public struct PartialFrame: Sendable {
    /// The most bytes that can be kept: one less than the longest frame.
    public static let limit = WireFormat.frameLimit - 1

    private var bytes: [UInt8] = []

    /// Nothing kept.
    public init() {}

    /// Whether the last read ended between two frames.
    public var isEmpty: Bool { bytes.isEmpty }

    /// Bytes kept.
    public var count: Int { bytes.count }

    /// Moves what was kept to the front of `buffer`, gives the memory back and returns the number of bytes.
    public mutating func restore(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard !bytes.isEmpty else { return 0 }
        precondition(buffer.count > PartialFrame.limit, "The shared buffer must be longer than a partial frame.")
        buffer.copyBytes(from: bytes)
        let count = bytes.count
        bytes = []
        return count
    }

    /// Keeps `rest`, the bytes that `FrameDecoder.decode` found incomplete.
    public mutating func keep(_ rest: UnsafeRawBufferPointer) {
        precondition(rest.count <= PartialFrame.limit, "An incomplete frame cannot be longer than a frame.")
        bytes = Array(rest)
    }
}
