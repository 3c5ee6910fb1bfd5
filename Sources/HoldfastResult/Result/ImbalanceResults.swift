import HoldfastCore

/// How unevenly the connections lay over the gateways in service.
public struct ImbalanceResult: Codable, Equatable, Sendable {
    /// At the end.
    public var atEnd: ImbalanceValues
    /// The maxOverMean that random placement of as many connections is expected to give; its dispersion is 1.
    @OrNull public var randomMaxOverMean: Double?
    /// By phase, in the order of their first start.
    public var phases: [PhaseResult]
}

/// The metrics of one moment; null where a metric is not defined.
public struct ImbalanceValues: Codable, Equatable, Sendable {
    /// 1 is even, the number of gateways is all on one.
    @OrNull public var maxOverMean: Double?
    /// 1 is even, 0 is an idle gateway.
    @OrNull public var minOverMean: Double?
    /// Coefficient of variation.
    @OrNull public var cv: Double?
    /// 1/(1 + cv²).
    @OrNull public var jain: Double?
    /// 0 is even.
    @OrNull public var gini: Double?
    /// The smallest share of the connections that must move.
    @OrNull public var hoover: Double?
    /// 1 is as uneven as random placement.
    @OrNull public var dispersion: Double?
    /// Normalised; 1 is even.
    @OrNull public var entropy: Double?

    /// The metrics of `imbalance`.
    public init(_ imbalance: Imbalance) {
        maxOverMean = imbalance.maxOverMean
        minOverMean = imbalance.minOverMean
        cv = imbalance.cv
        jain = imbalance.jain
        gini = imbalance.gini
        hoover = imbalance.hoover
        dispersion = imbalance.dispersion
        entropy = imbalance.entropy
    }
}

/// The imbalance of one phase.
public struct PhaseResult: Codable, Equatable, Sendable {
    /// The phase.
    public var name: String
    /// When it first began; plan seconds.
    public var startSeconds: Double
    /// Each metric's worst value at a cut of the phase.
    public var worst: ImbalanceValues
    /// At its last cut.
    public var atEnd: ImbalanceValues
    /// From its start to the first cut after which maxOverMean stayed in the band; 0 if it never left it, null if it
    /// never came back.
    @OrNull public var secondsToRebalance: Double?
    /// Connections above the mean, summed over its seconds; null when a cut is missing.
    @OrNull public var excessConnectionSeconds: Double?
}
