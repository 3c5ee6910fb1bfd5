/// The rule by which a router that knows only reported loads sends a client to a gateway.
public enum RegistryPolicy: Hashable, Sendable {
    /// At random by what is left below `cap` times the mean load (1 or more); evenly when nothing is left anywhere.
    case headroomWeighted(cap: Double)
    /// The fewest connections reported, ties to the first at or after the gateway behind the last pick.
    case leastReported
    /// Two distinct ones drawn, the one with fewer connections reported, ties to the first drawn.
    case powerOfTwo
    /// Evenly, whatever was reported.
    case random
    /// The first at or after the gateway behind the last pick, whatever was reported.
    case roundRobin
}
