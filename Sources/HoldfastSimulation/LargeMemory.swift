import CHoldfastMemory

/// Memory for millions of things that are visited in no order: in small pages nearly every visit would first have to
/// find out where its page is.
enum LargeMemory {
    /// 2 MiB: a large page of the usual processors.
    private static let pageBytes = 2 << 20

    /// Memory that is not touched yet, aligned to cache lines; it goes back by `deallocate()`.
    static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        // What would fill a part of a page only is better off without.
        guard byteCount >= pageBytes else { return .allocate(byteCount: byteCount, alignment: 64) }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: pageBytes)
        holdfast_want_large_pages(memory, byteCount)
        return memory
    }
}
