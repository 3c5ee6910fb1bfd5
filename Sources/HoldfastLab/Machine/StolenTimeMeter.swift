/// Measures the CPU time that the host of a virtual machine gives to others while the machine wants it.
public struct StolenTimeMeter: Sendable {
    private let first: Reading?
    private var last: Reading?
    /// The part of all CPU time in the worst stretch between two samples.
    public private(set) var peakShare = 0.0

    /// Measures from now on.
    public init() {
        first = Reading.current
        last = first
    }

    /// Takes stock; about once a second.
    public mutating func sample() {
        guard let now = Reading.current, let last else { return }
        peakShare = max(peakShare, now.share(since: last) ?? 0)
        self.last = now
    }

    /// The part of all CPU time from the first moment to the last sample; nil before the first sample.
    public var share: Double? { first.flatMap { last?.share(since: $0) } }

    /// The kernel's counts since the machine started, in its own ticks.
    struct Reading {
        var stolen: UInt64
        var all: UInt64

        static var current: Reading? {
            TextFile.read("/proc/stat").flatMap(Reading.init)
        }

        /// From the text of `/proc/stat`; nil if it is something else.
        init?(_ text: String) {
            // user nice system idle iowait irq softirq steal; what guests used is part of user and nice.
            let line = text.prefix { $0 != "\n" }.split(separator: " ")
            let ticks = line.dropFirst().prefix(8).compactMap { UInt64($0) }
            guard line.first == "cpu", ticks.count == 8 else { return nil }
            stolen = ticks[7]
            all = ticks.reduce(0, +)
        }

        func share(since earlier: Reading) -> Double? {
            // The kernel's sums may go back by a tick.
            guard all > earlier.all else { return nil }
            return stolen > earlier.stolen ? Double(stolen - earlier.stolen) / Double(all - earlier.all) : 0
        }
    }
}
