/// What a balancer's checks have found out about one gateway.
public struct CheckedHealth: Equatable, Sendable {
    /// Whether it is in service.
    public private(set) var isUp = true
    /// Checks in a row that said otherwise.
    private var contrary: UInt32 = 0

    /// A gateway that is in service until checks say otherwise.
    public init() {}

    /// One more check; returns whether the gateway changed sides with it.
    public mutating func note(isGood: Bool, _ settings: CheckSettings) -> Bool {
        guard isGood != isUp else {
            contrary = 0
            return false
        }
        contrary += 1
        guard contrary >= (isUp ? settings.fall : settings.rise) else { return false }
        contrary = 0
        isUp.toggle()
        return true
    }
}
