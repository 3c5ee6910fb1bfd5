import Glibc
import HoldfastReactor
import Synchronization

/// How many entries each table of a middlebox has, in a page of memory that all its processes have. Nobody waits for
/// another here.
struct MiddleboxPage: ~Copyable {
    private typealias Word = Atomic<Int64>

    private let words: UnsafeMutablePointer<Word>
    private let mappedBytes: Int?

    /// A page of one process's own, for `tables` tables.
    init(tables: Int) {
        words = .allocate(capacity: tables)
        mappedBytes = nil
        for table in 0..<tables { (words + table).initialize(to: Word(0)) }
    }

    /// The page at `path`, which whoever comes first makes: all zero.
    init(path: String, tables: Int) throws(SystemError) {
        let bytes = tables * MemoryLayout<Word>.stride
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError(call: "open \(path)", code: errno) }
        defer { close(descriptor) }
        guard ftruncate(descriptor, bytes) == 0 else { throw SystemError(call: "size \(path)", code: errno) }
        let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let memory, memory != MAP_FAILED else { throw SystemError(call: "map \(path)", code: errno) }
        words = memory.bindMemory(to: Word.self, capacity: tables)
        mappedBytes = bytes
    }

    deinit {
        if let mappedBytes { munmap(words, mappedBytes) } else { words.deallocate() }
    }

    /// Takes an entry; false when there are `limit` already, of which nil is no limit.
    func enter(_ table: Int, upTo limit: Int64?) -> Bool {
        guard let limit else {
            words[table].wrappingAdd(1, ordering: .relaxed)
            return true
        }
        var known = words[table].load(ordering: .relaxed)
        while known < limit {
            let (isDone, found) = words[table].compareExchange(expected: known, desired: known + 1, ordering: .relaxed)
            if isDone { return true }
            known = found
        }
        return false
    }

    /// Gives an entry back.
    func leave(_ table: Int) { words[table].wrappingSubtract(1, ordering: .relaxed) }
}
