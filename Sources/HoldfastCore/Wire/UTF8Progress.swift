/// Whether bytes are UTF-8, as far as they have come: a character may be cut by the end of a fragment.
///
/// The Unicode Standard's table 3-7: overlong forms, surrogates and what lies beyond U+10FFFF are refused by the range
/// of the second byte.
struct UTF8Progress: Equatable, Sendable {
    /// Bytes that the character under way still wants.
    private var wanted: UInt8 = 0
    /// What the next of them may be.
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// Nothing has come.
    init() {}

    /// Whether the last character is complete.
    var isWhole: Bool { wanted == 0 }

    /// Takes in what comes next; false when no text can go on like that.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        for byte in bytes {
            guard wanted == 0 else {
                guard byte >= lowest, byte <= highest else { return false }
                wanted -= 1
                (lowest, highest) = (0x80, 0xBF)
                continue
            }
            switch byte {
            case 0x00...0x7F: continue
            case 0xC2...0xDF: wanted = 1
            case 0xE0: (wanted, lowest) = (2, 0xA0)
            case 0xE1...0xEC, 0xEE, 0xEF: wanted = 2
            case 0xED: (wanted, highest) = (2, 0x9F)
            case 0xF0: (wanted, lowest) = (3, 0x90)
            case 0xF1...0xF3: wanted = 3
            case 0xF4: (wanted, highest) = (3, 0x8F)
            default: return false
            }
        }
        return true
    }
}
