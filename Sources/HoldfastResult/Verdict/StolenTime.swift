/// CPU time of a virtual machine that its host gave to others while the machine wanted it.
public struct StolenTime: Equatable, Sendable {
    /// Of all its CPU time.
    public var share: Double
    /// The same in the worst second.
    public var peakShare: Double

    /// Shares from 0 to 1.
    public init(share: Double, peakShare: Double) {
        self.share = share
        self.peakShare = peakShare
    }

    /// What people should know of it, without a full stop; nil when it was too little to matter.
    public var sentence: String? {
        guard share >= StolenTime.noteworthyShare || peakShare >= StolenTime.noteworthyPeakShare else { return nil }
        let percents = [share, peakShare].map { "\(Int(($0 * 100).rounded())) %" }
        return "the machine's host took \(percents[0]) of its CPU time, \(percents[1]) in the worst second"
    }

    private static let noteworthyShare = 0.01
    private static let noteworthyPeakShare = 0.2
}
