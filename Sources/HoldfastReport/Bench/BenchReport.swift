/// What `holdfast bench` measured, each figure with its samples and the command that measures it again.
public struct BenchReport: Codable, Equatable, Sendable {
    /// One figure; the samples of both sides were taken in turn.
    public struct Figure: Codable, Equatable, Sendable {
        /// What it is, such as `connect.cpu`.
        public var name: String
        /// In words, with what it is counted by.
        public var title: String
        /// `seconds`, `bytes`, `perSecond` or `bytesPerSecond`.
        public var unit: String
        /// Of Holdfast, in the order of the pairs.
        public var holdfast: [Double]
        /// Who does the same, such as `bare C`.
        public var peer: String
        /// Of the peer, by the same pairs; empty where there is nothing to compare with.
        public var peerSamples: [Double]
        /// The command that measures it again.
        public var command: String

        /// A figure from its samples.
        public init(
            name: String,
            title: String,
            unit: String,
            holdfast: [Double],
            peer: String = BenchReport.bareC,
            peerSamples: [Double] = [],
            command: String
        ) {
            self.name = name
            self.title = title
            self.unit = unit
            self.holdfast = holdfast
            self.peer = peer
            self.peerSamples = peerSamples
            self.command = command
        }

        /// The middle of Holdfast's samples; nil without any.
        public var median: Double? { BenchReport.median(holdfast) }

        /// The middle of the peer's samples; nil without any.
        public var peerMedian: Double? { BenchReport.median(peerSamples) }

        /// The middle of the pairs' own ratios, 1 where both cost the same and more where Holdfast is better: what one
        /// moment of a busy machine does to a pair it does to both of its sides.
        public var ratio: Double? {
            guard !peerSamples.isEmpty, peerSamples.count == holdfast.count else { return nil }
            let isRate = unit == "perSecond" || unit == "bytesPerSecond"
            let ratios = zip(peerSamples, holdfast).map { other, own in isRate ? own / other : other / own }
            return BenchReport.median(ratios.filter(\.isFinite))
        }

        private enum CodingKeys: String, CodingKey {
            case name, title, unit, holdfast, peer, peerSamples, command, median, peerMedian, ratio
        }

        /// Reads the samples; what follows from them is computed again.
        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            name = try values.decode(String.self, forKey: .name)
            title = try values.decode(String.self, forKey: .title)
            unit = try values.decode(String.self, forKey: .unit)
            holdfast = try values.decode([Double].self, forKey: .holdfast)
            peer = try values.decode(String.self, forKey: .peer)
            peerSamples = try values.decode([Double].self, forKey: .peerSamples)
            command = try values.decode(String.self, forKey: .command)
        }

        /// Writes the samples and what follows from them.
        public func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(name, forKey: .name)
            try values.encode(title, forKey: .title)
            try values.encode(unit, forKey: .unit)
            try values.encode(holdfast, forKey: .holdfast)
            try values.encode(peer, forKey: .peer)
            try values.encode(peerSamples, forKey: .peerSamples)
            try values.encode(command, forKey: .command)
            try values.encode(median, forKey: .median)
            try values.encode(peerMedian, forKey: .peerMedian)
            try values.encode(ratio, forKey: .ratio)
        }
    }

    /// A client that does the same in C, with nothing of Holdfast's.
    public static let bareC = "bare C"

    /// In the order in which they are shown.
    public var figures: [Figure]

    /// A report of these figures.
    public init(figures: [Figure]) { self.figures = figures }

    /// Whom Holdfast is compared with, in the order in which they are shown.
    var peers: [String] {
        figures.reduce(into: []) { peers, figure in
            if !peers.contains(figure.peer) { peers.append(figure.peer) }
        }
    }

    /// The figure with this name.
    public func figure(_ name: String) -> Figure? { figures.first { $0.name == name } }

    /// The middle value, or the mean of the two middle ones.
    static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
