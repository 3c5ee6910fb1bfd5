/// What the kernel gives back with an event: a slot, and which of the slot's descriptors, in order, it was about.
///
/// An event for a descriptor that was closed earlier in the same batch, even if its slot has a new one by then, carries
/// an old generation and is dropped.
public struct Token: Equatable, Sendable {
    /// The generation in the high half, the slot in the low half.
    public let rawValue: UInt64

    /// A token as the kernel gave it back.
    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The token of the `generation`-th descriptor of `slot`.
    @inlinable
    public init(slot: Int, generation: UInt32) {
        rawValue = UInt64(generation) << 32 | UInt64(UInt32(truncatingIfNeeded: slot))
    }

    /// Which slot.
    @inlinable
    public var slot: Int { Int(rawValue & 0xFFFF_FFFF) }

    /// Which of its descriptors.
    @inlinable
    public var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }

    /// The reactor's own descriptor for waking it up: above every slot.
    static let wake = Token(slot: Int(UInt32.max), generation: 0)
}
