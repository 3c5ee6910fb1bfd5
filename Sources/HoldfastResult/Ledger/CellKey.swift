import HoldfastCore

/// What one cell of the ledger counts, in 16 bytes: millions of disconnects are looked up by it.
struct CellKey: Equatable {
    private var place: UInt64
    private var kind: UInt64

    // Asked of the types, they would be made anew for every cell.
    private static let causes = Cause.allCases
    private static let mechanisms = Mechanism.allCases

    init(second: Int32, gateway: GatewayID, cause: Cause, mechanism: Mechanism, fault: Int?, group: Int?) {
        place = CellKey.upper(second) | UInt64(gateway)
        let reason = UInt64(position(cause)) << 56 | UInt64(position(mechanism)) << 48
        kind = reason | CellKey.optional(group, bits: 16) << 32 | CellKey.optional(fault, bits: 32)
    }

    init(_ cell: LedgerCell) {
        self.init(
            second: cell.second,
            gateway: cell.gateway,
            cause: cell.cause,
            mechanism: cell.mechanism,
            fault: cell.fault,
            group: cell.group
        )
    }

    /// The plan second.
    var second: Int32 {
        get { Int32(truncatingIfNeeded: place >> 32) }
        set { place = CellKey.upper(newValue) | place & 0xFFFF_FFFF }
    }

    /// The cell that counted `count` of it.
    func cell(count: UInt64) -> LedgerCell {
        LedgerCell(
            second: second,
            gateway: GatewayID(truncatingIfNeeded: place),
            cause: CellKey.causes[Int(kind >> 56)],
            mechanism: CellKey.mechanisms[Int(kind >> 48 & 0xFF)],
            fault: CellKey.optional(kind & 0xFFFF_FFFF),
            count: count,
            group: CellKey.optional(kind >> 32 & 0xFFFF)
        )
    }

    /// Spread over all bits, the low ones included.
    var hash: Int {
        // Multipliers of splitmix64.
        let mixed = (place &* 0xBF58_476D_1CE4_E5B9) ^ (kind &* 0x94D0_49BB_1331_11EB)
        return Int(truncatingIfNeeded: mixed ^ mixed >> 32)
    }

    private static func upper(_ second: Int32) -> UInt64 { UInt64(UInt32(bitPattern: second)) << 32 }

    /// 0 is none.
    private static func optional(_ number: Int?, bits: Int) -> UInt64 {
        guard let number else { return 0 }
        precondition(number >= 0 && number < 1 << bits - 1, "faults and groups are numbers of things in a plan")
        return UInt64(number) + 1
    }

    private static func optional(_ packed: UInt64) -> Int? { packed == 0 ? nil : Int(packed) - 1 }
}
