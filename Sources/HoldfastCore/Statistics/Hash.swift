/// The increment of SplitMix64.
public let goldenGamma: UInt64 = 0x9E37_79B9_7F4A_7C15

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014, variant 13): a bijection that mixes all 64 bits.
@inlinable
public func mix64(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}

/// `mix64` of the 64-bit FNV-1a hash of `bytes`: plan hashes, ring and rendezvous hashing.
@inlinable
public func hash64(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes {
        hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    return mix64(hash)
}

/// `hash64` of two numbers, each as four bytes, the highest first.
public func pairHash(_ left: UInt32, _ right: UInt32) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    let bytes = UInt64(left) << 32 | UInt64(right)
    var shift: UInt64 = 64
    while shift > 0 {
        shift -= 8
        hash = (hash ^ (bytes >> shift & 0xFF)) &* 0x0000_0100_0000_01B3
    }
    return mix64(hash)
}

/// `value` as 16 hex digits.
public func hex16(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
