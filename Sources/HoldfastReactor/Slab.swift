/// Flat storage for the state of connections: an element keeps its index, and its index is its slot in the reactor.
///
/// Indices are given out lowest first while none was returned, the last returned first afterwards; the capacity is
/// fixed.
public struct Slab<Element>: ~Copyable {
    /// The most elements.
    public let capacity: Int
    /// Elements in use.
    public private(set) var count = 0

    @usableFromInline
    let elements: UnsafeMutablePointer<Element>
    private let nextFree: UnsafeMutablePointer<Int32>
    private var firstFree = Slab.none
    private var untouched = 0

    private static var none: Int32 { -1 }
    private static var used: Int32 { -2 }

    /// Room for `capacity` elements; memory is touched when an element first needs it.
    public init(capacity: Int) {
        self.capacity = capacity
        elements = .allocate(capacity: capacity)
        nextFree = .allocate(capacity: capacity)
    }

    deinit {
        for index in 0..<untouched where nextFree[index] == Slab.used {
            elements.advanced(by: index).deinitialize(count: 1)
        }
        elements.deallocate()
        nextFree.deallocate()
    }

    /// The element at `index`, which is in use.
    @inlinable
    public subscript(index: Int) -> Element {
        _read {
            assert(contains(index), "Slot \(index) holds nothing.")
            yield elements[index]
        }
        nonmutating _modify {
            assert(contains(index), "Slot \(index) holds nothing.")
            yield &elements[index]
        }
    }

    /// Stores `element` and returns its index; nil when the slab is full.
    public mutating func insert(_ element: Element) -> Int? {
        let index: Int
        if firstFree != Slab.none {
            index = Int(firstFree)
            firstFree = nextFree[index]
        } else {
            guard untouched < capacity else { return nil }
            index = untouched
            untouched += 1
        }
        elements.advanced(by: index).initialize(to: element)
        nextFree.advanced(by: index).initialize(to: Slab.used)
        count += 1
        return index
    }

    /// Gives the index back; the element is gone.
    public mutating func remove(_ index: Int) {
        precondition(contains(index), "Slot \(index) holds nothing.")
        elements.advanced(by: index).deinitialize(count: 1)
        nextFree[index] = firstFree
        firstFree = Int32(index)
        count -= 1
    }

    /// Whether an element is in use at `index`.
    public func contains(_ index: Int) -> Bool {
        index >= 0 && index < untouched && nextFree[index] == Slab.used
    }

    /// One more than the highest index that was ever in use: the bound of a walk over all elements with `contains`.
    public var end: Int { untouched }
}
