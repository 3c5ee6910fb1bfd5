import Foundation
import Glibc
import HoldfastReactor
import Testing

/// How processes make each other look.
@Suite struct BellTests {
    private let path = NSTemporaryDirectory() + "hf-" + UUID().uuidString.prefix(8)

    /// Whoever does not listen for long holds nobody up, and hears that it rang.
    @Test func manyRingsAreOne() throws {
        let mine = try Bell.listen(at: path)
        let other = try Bell.listen(at: path + "-2")
        defer {
            for bell in [mine, other] { Socket.close(bell) }
            for path in [path, path + "-2"] { unlink(path) }
        }
        #expect(!Bell.silence(mine))
        for _ in 0..<5_000 { #expect(Bell.ring(path, from: other)) }
        #expect(Bell.silence(mine))
        while Bell.silence(mine) {}
        #expect(Bell.ring(path, from: mine))
        #expect(Bell.silence(mine))
        #expect(!Bell.silence(other))
    }

    /// A process that is gone is rung in vain; one that takes its place is heard.
    @Test func nobodyRingsForTheDead() throws {
        let mine = try Bell.listen(at: path)
        defer {
            Socket.close(mine)
            unlink(path)
            unlink(path + "-2")
        }
        #expect(!Bell.ring(path + "-2", from: mine))
        Socket.close(try Bell.listen(at: path + "-2"))
        #expect(!Bell.ring(path + "-2", from: mine))
        let next = try Bell.listen(at: path + "-2")
        defer { Socket.close(next) }
        #expect(Bell.ring(path + "-2", from: mine))
        #expect(Bell.silence(next))
    }
}
