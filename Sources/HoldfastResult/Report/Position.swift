/// The place of `value` in `allCases`: counters by kind are arrays in that order.
///
/// - Precondition: An enumeration without associated values, of 2 to 256 cases, with the `allCases` of the compiler.
@inline(__always)
public func position<Kind: CaseIterable & Equatable>(_ value: Kind) -> Int where Kind.AllCases == [Kind] {
    // Looking a case up among all cases, or hashing one that has a name, costs more than the event that is counted.
    withUnsafeBytes(of: value) { Int($0[0]) }
}
