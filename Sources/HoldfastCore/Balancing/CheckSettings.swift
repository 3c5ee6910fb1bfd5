/// How often a balancer that looks by itself checks each gateway, and what it makes of that.
public struct CheckSettings: Hashable, Sendable {
    /// From one check to the next.
    public var interval: Span
    /// Failed checks in a row after which a gateway is out of service.
    public var fall: UInt32
    /// Good checks in a row after which it is back.
    public var rise: UInt32

    /// Settings from their parts; the defaults are those of HAProxy's `inter`, `fall` and `rise`.
    public init(interval: Span = .seconds(2), fall: UInt32 = 3, rise: UInt32 = 2) {
        self.interval = interval
        self.fall = fall
        self.rise = rise
    }
}

extension CheckSettings {
    /// The same in a run that is faster by this factor.
    public func scaled(by factor: Double) -> CheckSettings {
        CheckSettings(interval: interval.scaled(by: factor), fall: fall, rise: rise)
    }
}
