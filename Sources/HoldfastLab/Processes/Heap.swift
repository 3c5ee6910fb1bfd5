import CHoldfastMemory

/// The memory that this process allocates from.
public enum Heap {
    /// Has all threads that are still to come share the heaps there are.
    ///
    /// Else every thread of a pool keeps for itself the most that it ever needed at once. A coordinator of 100,000
    /// sessions grew from 9 to 28 MB in its first eight minutes, since one thread after the other met a large report.
    public static func share() { holdfast_share_heaps() }
}
