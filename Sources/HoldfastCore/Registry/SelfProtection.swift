/// Whether a registry believes that many gateways are gone at once.
///
/// A registry that loses its reports is more likely than a fleet that loses half of its gateways, so a list that
/// shrinks below half is refused and the old one kept, as goim's registry does.
public enum SelfProtection: Hashable, Sendable {
    /// A list with less than half of the gateways of the one before is refused.
    case half
    /// Every list is believed.
    case off

    /// Whether a list of `count` gateways may replace one of `old`.
    public func accepts(_ count: Int, insteadOf old: Int) -> Bool {
        switch self {
        case .half: 2 * count >= old
        case .off: true
        }
    }
}
