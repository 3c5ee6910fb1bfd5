import HoldfastCore

/// The cuts of one side (workers, gateways or balancers), merged by second.
///
/// A second at which one of the processes has not reported is incomplete, never smaller.
struct CutTable: Sendable {
    /// One second of one side.
    struct Row: Equatable, Sendable {
        /// Open connections by gateway, over the processes that reported.
        var open: [UInt64]
        /// Whether any process spoke about the gateway.
        var isKnown: [Bool]
        /// Ends of admitted connections since the processes started.
        var closed: UInt64 = 0
        /// Sessions neither admitted nor stopped.
        var waiting: UInt64 = 0
        /// Stopped sessions.
        var stopped: UInt64 = 0
        /// Attempts since establishing began.
        var attempts: UInt64 = 0
        /// The indices of the processes that reported.
        fileprivate(set) var reporters: Set<Int> = []
    }

    /// Number of gateways.
    let gateways: Int
    /// Every second that somebody reported.
    private(set) var rows: [Int32: Row] = [:]
    /// Digests by gateway of the latest seconds.
    private(set) var digests: [Int32: [Digest]] = [:]
    /// The latest second that anybody reported.
    private(set) var latestSecond: Int32?

    /// Digests are asked for at the end only; processes are never further apart than this.
    private static let digestSeconds: Int32 = 64

    init(gateways: Int) { self.gateways = gateways }

    /// Merges one cut of process `index`; one that is known already changes nothing.
    mutating func add(_ cut: Cut, from index: Int) {
        // Taken out to be changed in place: a copy for each of a thousand gateways would be a thousand gateways long.
        var row =
            rows.removeValue(forKey: cut.second)
            ?? Row(open: [UInt64](repeating: 0, count: gateways), isKnown: [Bool](repeating: false, count: gateways))
        defer { rows[cut.second] = row }
        guard row.reporters.insert(index).inserted else { return }
        var sums = digests.removeValue(forKey: cut.second) ?? [Digest](repeating: Digest(), count: gateways)
        for population in cut.populations where population.gateway < gateways {
            let gateway = Int(population.gateway)
            row.open[gateway] &+= population.open
            row.closed &+= population.closed
            row.isKnown[gateway] = true
            sums[gateway] = sums[gateway] + population.digest
        }
        row.waiting += cut.waiting
        row.stopped += cut.stopped
        row.attempts += cut.attempts
        keep(sums, at: cut.second)
    }

    /// The cut at `second` if all of `reporters` processes took part in it.
    func complete(at second: Int32, reporters: Int) -> Row? {
        guard let row = rows[second], row.reporters.count >= reporters else { return nil }
        return row
    }

    private mutating func keep(_ sums: [Digest], at second: Int32) {
        let latest = max(latestSecond ?? second, second)
        latestSecond = latest
        guard second > latest - CutTable.digestSeconds else { return }
        digests[second] = sums
        if digests.count > Int(CutTable.digestSeconds) {
            digests = digests.filter { $0.key > latest - CutTable.digestSeconds }
        }
    }
}
