import HoldfastCore

/// The cuts of one side (workers, gateways or balancers), merged by second.
///
/// A second at which one of the processes has not reported is incomplete, never smaller.
struct CutTable: Sendable {
    /// One second of one side.
    struct Row: Equatable, Sendable {
        /// Open connections by gateway, over the processes that reported.
        var open: [UInt64]
        /// Processes that spoke about the gateway.
        fileprivate(set) var speakers: [UInt8]
        /// Ends of admitted connections since the processes started.
        var closed: UInt64 = 0
        /// Sessions neither admitted nor stopped.
        var waiting: UInt64 = 0
        /// Stopped sessions.
        var stopped: UInt64 = 0
        /// Attempts since establishing began.
        var attempts: UInt64 = 0
        /// Attempts whose time has come and that were not made yet.
        var attemptsDue: UInt64 = 0
        /// The processes that reported.
        fileprivate(set) var reporters = Reporters()
    }

    /// Processes by index: a set of small numbers, of which there is one for each second of a run. Few runs have more
    /// than 64, for which it needs memory of its own.
    struct Reporters: Equatable, Sendable {
        private(set) var count = 0
        private var first: UInt64 = 0
        private var others: [UInt64] = []

        /// False if it was there already.
        mutating func insert(_ index: Int) -> Bool {
            let bit = UInt64(1) << UInt64(index % 64)
            while others.count < index / 64 { others.append(0) }
            let isNew = index < 64 ? Reporters.set(bit, in: &first) : Reporters.set(bit, in: &others[index / 64 - 1])
            if isNew { count += 1 }
            return isNew
        }

        private static func set(_ bit: UInt64, in word: inout UInt64) -> Bool {
            defer { word |= bit }
            return word & bit == 0
        }
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

    /// What a second is before anybody has reported it.
    let empty: Row
    private let processesPerGateway: Int

    /// For so many gateways, of each of which so many processes speak where they speak for themselves.
    init(gateways: Int, processesPerGateway: Int = 1) {
        self.gateways = gateways
        self.processesPerGateway = processesPerGateway
        empty = Row(
            open: [UInt64](repeating: 0, count: gateways),
            speakers: [UInt8](repeating: 0, count: gateways)
        )
    }

    /// Merges one cut of process `index`; one that is known already changes nothing.
    mutating func add(_ cut: Cut, from index: Int) {
        // In place: a copy for each of a thousand gateways would be a thousand gateways long.
        guard rows[cut.second, default: empty].add(cut, from: index) else { return }
        shareSpeakers(at: cut.second)
        let latest = max(latestSecond ?? cut.second, cut.second)
        latestSecond = latest
        guard cut.second > latest - CutTable.digestSeconds else { return }
        addDigests(of: cut)
        if digests.count > Int(CutTable.digestSeconds) {
            digests = digests.filter { $0.key > latest - CutTable.digestSeconds }
        }
    }

    /// The cut at `second` if all of `reporters` processes took part in it.
    func complete(at second: Int32, reporters: Int) -> Row? {
        guard let row = rows[second], row.reporters.count >= reporters else { return nil }
        return row
    }

    /// Whether all processes of `gateway` spoke about it in `row`.
    func knows(_ gateway: Int, in row: Row) -> Bool { Int(row.speakers[gateway]) >= processesPerGateway }

    /// Once a second is complete, the same processes spoke in it as in the one before, mostly.
    private mutating func shareSpeakers(at second: Int32) {
        guard let before = rows[second - 1], rows[second]?.reporters == before.reporters else { return }
        if rows[second]?.speakers == before.speakers { rows[second]?.speakers = before.speakers }
    }

    private mutating func addDigests(of cut: Cut) {
        var sums = digests.removeValue(forKey: cut.second) ?? [Digest](repeating: Digest(), count: gateways)
        for population in cut.populations where population.gateway < gateways {
            sums[Int(population.gateway)] = sums[Int(population.gateway)] + population.digest
        }
        digests[cut.second] = sums
    }
}

extension CutTable.Row {
    /// False if the process had reported this second already.
    fileprivate mutating func add(_ cut: Cut, from index: Int) -> Bool {
        guard reporters.insert(index) else { return false }
        for population in cut.populations where population.gateway < open.count {
            let gateway = Int(population.gateway)
            open[gateway] &+= population.open
            closed &+= population.closed
            if speakers[gateway] < .max { speakers[gateway] += 1 }
        }
        waiting += cut.waiting
        stopped += cut.stopped
        attempts += cut.attempts
        attemptsDue += cut.attemptsDue
        return true
    }
}
