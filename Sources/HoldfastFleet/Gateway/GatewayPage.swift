import Glibc
import HoldfastCore
import HoldfastReactor
import Synchronization

/// What all processes of one gateway know together: counts in a page of memory that each of them has, so that capacity,
/// accept rate and peaks are the gateway's and not a process's.
///
/// Nobody ever waits for another here, so a process that is frozen or killed in the middle holds nobody up.
struct GatewayPage: ~Copyable {
    private typealias Word = Atomic<Int64>

    /// Words of the page, in the order in which they lie there.
    private enum Place: Int, CaseIterable {
        /// Sessions that are logged in.
        case sessions
        /// Sessions that are logged in and were not asked to go.
        case staying
        /// Connections, logged in or not.
        case open
        case openPeak
        /// When the next connection may be accepted; nanoseconds.
        case nextAccept
        /// The second of the clock in which somebody accepted last, and below it how often; the most in one.
        case accepts
        case acceptsPeak
    }

    private let words: UnsafeMutablePointer<Word>
    private let mappedBytes: Int?

    /// A page of one process's own.
    init() {
        words = .allocate(capacity: Place.allCases.count)
        mappedBytes = nil
        for place in Place.allCases { (words + place.rawValue).initialize(to: Word(0)) }
    }

    /// The page at `path`, which whoever comes first makes: all zero.
    init(path: String) throws(SystemError) {
        let bytes = Int(getpagesize())
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError(call: "open \(path)", code: errno) }
        defer { close(descriptor) }
        guard ftruncate(descriptor, bytes) == 0 else { throw SystemError(call: "size \(path)", code: errno) }
        let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let memory, memory != MAP_FAILED else { throw SystemError(call: "map \(path)", code: errno) }
        words = memory.bindMemory(to: Word.self, capacity: Place.allCases.count)
        mappedBytes = bytes
    }

    deinit {
        if let mappedBytes { munmap(words, mappedBytes) } else { words.deallocate() }
    }

    /// Takes a place for a session that logs in; false when the gateway holds `limit` already.
    func admit(upTo limit: Int64) -> Bool {
        guard word(.sessions).add(1) > limit else { return true }
        dismiss()
        return false
    }

    /// Gives a session's place back.
    func dismiss() { word(.sessions).add(-1) }

    /// A session is there (1), or is gone or was asked to go (-1).
    func noteStaying(_ change: Int64) { word(.staying).add(change) }

    /// Sessions that are there and were not asked to go.
    var staying: UInt64 { UInt64(max(0, word(.staying).load())) }

    /// A connection is there.
    func noteOpened() { raise(.openPeak, to: word(.open).add(1)) }

    /// It is gone.
    func noteClosed() { word(.open).add(-1) }

    /// Reads how many connections there are, on any thread, as long as the page is there.
    var load: @Sendable () -> UInt64 {
        let word = SharedWord(words + Place.open.rawValue)
        return { UInt64(max(0, word.load())) }
    }

    /// The most connections at once.
    var openPeak: UInt64 { UInt64(max(0, word(.openPeak).load())) }

    /// When the gateway may accept the next connection.
    var nextAccept: Instant { Instant(nanoseconds: word(.nextAccept).load()) }

    /// One was accepted at `now`.
    func noteAccept(_ now: Instant, _ limit: RateLimit) {
        if limit.isLimited {
            word(.nextAccept).change { limit.next(after: Instant(nanoseconds: $0), now).nanoseconds }
        }
        let second = (now.nanoseconds / 1_000_000_000) << GatewayPage.countBits
        let newest = word(.accepts).change { known in
            // Another process may have seen the next second already.
            known & ~GatewayPage.countMask < second ? second + 1 : known + 1
        }
        raise(.acceptsPeak, to: newest & GatewayPage.countMask)
    }

    /// The most accepts in one second of the clock.
    var acceptsPeakPerSecond: UInt64 { UInt64(word(.acceptsPeak).load()) }

    /// More accepts a second than any machine makes.
    private static let countBits: Int64 = 24
    private static let countMask: Int64 = (1 << countBits) - 1

    private func word(_ place: Place) -> SharedWord { SharedWord(words + place.rawValue) }

    private func raise(_ place: Place, to value: Int64) { word(place).change { max($0, value) } }
}

/// One number that several processes change, and threads.
private struct SharedWord: @unchecked Sendable {
    private let place: UnsafeMutablePointer<Atomic<Int64>>

    init(_ place: UnsafeMutablePointer<Atomic<Int64>>) { self.place = place }

    func load() -> Int64 { place.pointee.load(ordering: .relaxed) }

    /// Returns the sum.
    @discardableResult
    func add(_ number: Int64) -> Int64 { place.pointee.wrappingAdd(number, ordering: .relaxed).newValue }

    /// Returns what it was changed to.
    @discardableResult
    func change(_ change: (Int64) -> Int64) -> Int64 {
        var known = load()
        while true {
            let wanted = change(known)
            let (isDone, found) = place.pointee.compareExchange(expected: known, desired: wanted, ordering: .relaxed)
            if isDone { return wanted }
            known = found
        }
    }
}
