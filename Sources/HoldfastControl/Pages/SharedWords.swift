import Glibc
import Synchronization

/// What cannot be done with the file of a page that processes share.
public struct SharedPageFailure: Error, CustomStringConvertible {
    /// One line.
    public let description: String
}

/// Memory that several processes change, each word of it at once: that of a file, as long as one of them has it.
final class SharedWords: @unchecked Sendable {
    typealias Word = Atomic<UInt64>

    private let start: UnsafeMutablePointer<Word>
    private let count: Int

    /// `count` words at `path`, which whoever comes first makes: all zero.
    init(path: String, count: Int) throws(SharedPageFailure) {
        let bytes = count * MemoryLayout<Word>.stride
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SharedWords.failure("open", path) }
        defer { close(descriptor) }
        guard ftruncate(descriptor, bytes) == 0 else { throw SharedWords.failure("size", path) }
        let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let memory, memory != MAP_FAILED else { throw SharedWords.failure("map", path) }
        start = memory.bindMemory(to: Word.self, capacity: count)
        self.count = count
    }

    deinit { munmap(start, count * MemoryLayout<Word>.stride) }

    /// The word at a place.
    subscript(place: Int) -> UnsafeMutablePointer<Word> {
        precondition(place >= 0 && place < count, "The page has no such word.")
        return start + place
    }

    /// Returns what is at `place` then: `value`, or more.
    @discardableResult
    func raise(_ place: Int, to value: UInt64) -> UInt64 {
        let word = self[place]
        var known = word.pointee.load(ordering: .relaxed)
        while known < value {
            let (isDone, found) = word.pointee.compareExchange(
                expected: known,
                desired: value,
                ordering: .acquiringAndReleasing
            )
            if isDone { return value }
            known = found
        }
        return known
    }

    private static func failure(_ verb: String, _ path: String) -> SharedPageFailure {
        SharedPageFailure(description: "\(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
