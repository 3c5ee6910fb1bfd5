/// What an attempt does when the registry has no gateway to offer.
public enum RegistryFallback: String, CaseIterable, Sendable {
    /// It fails.
    case none
    /// It goes through a balancer with round robin.
    case slb
}
