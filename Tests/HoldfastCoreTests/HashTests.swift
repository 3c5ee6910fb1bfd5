import HoldfastCore
import Testing

@Suite struct HashTests {
    /// The first outputs of SplitMix64 seeded with 1234567, as published with the generator's reference code.
    @Test func mixIsTheFinalizerOfSplitMix64() {
        let outputs = (1...5).map { mix64(1_234_567 &+ UInt64($0) &* 0x9E37_79B9_7F4A_7C15) }
        #expect(
            outputs == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ]
        )
        #expect(mix64(0) == 0)
    }

    /// The published FNV-1a hashes of these texts, through the finalizer.
    @Test(
        arguments: [
            ("", 0xCBF2_9CE4_8422_2325, "f52a15e9a9b5e89b"),
            ("a", 0xAF63_DC4C_8601_EC8C, "02c0bdbf481420f8"),
            ("foobar", 0x8594_4171_F739_67E8, "404da9e3b74078c2"),
        ] as [(String, UInt64, String)]
    )
    func hashOfText(text: String, fnv: UInt64, hash: String) {
        #expect(hash64(text.utf8) == mix64(fnv))
        #expect(hex16(hash64(text.utf8)) == hash)
    }

    @Test func hexadecimalHasSixteenDigits() {
        #expect(hex16(0) == "0000000000000000")
        #expect(hex16(0xAB) == "00000000000000ab")
        #expect(hex16(.max) == "ffffffffffffffff")
    }
}

@Suite struct DigestTests {
    @Test func oneConnection() {
        var digest = Digest()
        digest.insert(session: 5, ordinal: 7)
        #expect(digest.count == 1)
        #expect(hex16(digest.sum) == "db46f093d03baa0e")
    }

    @Test func theOrderDoesNotMatter() {
        let connections = (0..<UInt32(500)).map { (session: $0, ordinal: $0 % 7) }
        var forward = Digest()
        for connection in connections { forward.insert(session: connection.session, ordinal: connection.ordinal) }
        var backward = Digest()
        for connection in connections.reversed() {
            backward.insert(session: connection.session, ordinal: connection.ordinal)
        }
        #expect(forward == backward)
        #expect(forward.count == 500)
    }

    @Test func whatIsRemovedLeavesNoTrace() {
        var digest = Digest()
        digest.insert(session: 1, ordinal: 0)
        let before = digest
        for session in 10..<UInt32(60) { digest.insert(session: session, ordinal: 3) }
        for session in (10..<UInt32(60)).reversed() { digest.remove(session: session, ordinal: 3) }
        #expect(digest == before)
        digest.remove(session: 1, ordinal: 0)
        #expect(digest == Digest())
    }

    @Test func sessionAndOrdinalDoNotMix() {
        var left = Digest()
        left.insert(session: 1, ordinal: 2)
        var right = Digest()
        right.insert(session: 2, ordinal: 1)
        #expect(left != right)
        var next = Digest()
        next.insert(session: 1, ordinal: 3)
        #expect(left != next)
    }

    @Test func partsAddUpToTheWhole() {
        var whole = Digest()
        var parts = [Digest(), Digest(), Digest()]
        for session in 0..<UInt32(100) {
            whole.insert(session: session, ordinal: 0)
            parts[Int(session) % 3].insert(session: session, ordinal: 0)
        }
        #expect(parts[2] + parts[0] + parts[1] == whole)
    }
}
