/// What `holdfast bench` measured, each figure with its samples and the command that measures it again.
public struct BenchReport: Codable, Equatable, Sendable {
    /// One figure; the samples of both sides were taken in turn.
    public struct Figure: Codable, Equatable, Sendable {
        /// What it is, such as `connect.cpu`.
        public var name: String
        /// In words, with what it is counted by.
        public var title: String
        /// `seconds`, `bytes` or `perSecond`.
        public var unit: String
        /// Of Holdfast, in the order of the pairs.
        public var holdfast: [Double]
        /// Of the bare C client, by the same pairs; empty where there is nothing to compare with.
        public var bare: [Double]
        /// The command that measures it again.
        public var command: String

        /// A figure from its samples.
        public init(
            name: String,
            title: String,
            unit: String,
            holdfast: [Double],
            bare: [Double] = [],
            command: String
        ) {
            self.name = name
            self.title = title
            self.unit = unit
            self.holdfast = holdfast
            self.bare = bare
            self.command = command
        }

        /// The middle of Holdfast's samples; nil without any.
        public var median: Double? { BenchReport.median(holdfast) }

        /// The middle of the bare client's samples; nil without any.
        public var bareMedian: Double? { BenchReport.median(bare) }

        /// The middle of the pairs' own ratios, 1 where both cost the same and more where Holdfast is better: what one
        /// moment of a busy machine does to a pair it does to both of its sides.
        public var ratio: Double? {
            guard !bare.isEmpty, bare.count == holdfast.count else { return nil }
            let isRate = unit == "perSecond"
            let ratios = zip(bare, holdfast).map { bare, own in isRate ? own / bare : bare / own }
            return BenchReport.median(ratios.filter(\.isFinite))
        }

        private enum CodingKeys: String, CodingKey {
            case name, title, unit, holdfast, bare, command, median, bareMedian, ratio
        }

        /// Reads the samples; what follows from them is computed again.
        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            name = try values.decode(String.self, forKey: .name)
            title = try values.decode(String.self, forKey: .title)
            unit = try values.decode(String.self, forKey: .unit)
            holdfast = try values.decode([Double].self, forKey: .holdfast)
            bare = try values.decode([Double].self, forKey: .bare)
            command = try values.decode(String.self, forKey: .command)
        }

        /// Writes the samples and what follows from them.
        public func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(name, forKey: .name)
            try values.encode(title, forKey: .title)
            try values.encode(unit, forKey: .unit)
            try values.encode(holdfast, forKey: .holdfast)
            try values.encode(bare, forKey: .bare)
            try values.encode(command, forKey: .command)
            try values.encode(median, forKey: .median)
            try values.encode(bareMedian, forKey: .bareMedian)
            try values.encode(ratio, forKey: .ratio)
        }
    }

    /// In the order in which they are shown.
    public var figures: [Figure]

    /// A report of these figures.
    public init(figures: [Figure]) { self.figures = figures }

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
