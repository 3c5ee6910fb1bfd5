import Foundation
import Glibc
import HoldfastReactor
import Testing

/// Connections that change hands.
@Suite struct PassageTests {
    private let path = NSTemporaryDirectory() + "hf-" + UUID().uuidString.prefix(8)

    /// Both ends of a passage, and the listener between them.
    private func pair() throws -> (listener: Int32, taker: Int32, giver: Int32) {
        let listener = try Passage.listen(at: path)
        let giver = Passage.connect(to: path)
        #expect(giver >= 0)
        return (listener, try #require(Passage.accept(listener)), giver)
    }

    private func message(_ outcome: Passage.Outcome) throws -> Passage.Message {
        guard case .message(let message) = outcome else { throw SystemError(call: "receive \(outcome)", code: 0) }
        return message
    }

    private func close(_ descriptors: Int32...) {
        for descriptor in descriptors { Socket.close(descriptor) }
        unlink(path)
    }

    @Test func connectionsArriveWithTheirNumbers() throws {
        let (listener, taker, giver) = try pair()
        defer { close(listener, taker, giver) }
        var ends: [Int32] = [-1, -1]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { close(ends[0], ends[1]) }
        #expect(Passage.receive(from: taker) == .nothing)
        #expect(Passage.send(Passage.Message(gateway: 7, client: ends[0]), over: giver) == 0)
        #expect(Passage.send(Passage.Message(gateway: 8, client: ends[0], upstream: ends[1]), over: giver) == 0)
        #expect(Passage.send(Passage.Message(gateway: 9, count: 5), over: giver) == 0)
        let one = try message(Passage.receive(from: taker))
        let two = try message(Passage.receive(from: taker))
        defer { close(one.client, two.client, two.upstream) }
        #expect(one.gateway == 7 && one.client >= 0 && one.upstream == -1)
        #expect(two.gateway == 8 && two.client >= 0 && two.upstream >= 0)
        #expect(Passage.receive(from: taker) == .message(Passage.Message(gateway: 9, count: 5)))
        // The same connection under another number.
        var byte: UInt8 = 42
        #expect(write(one.client, &byte, 1) == 1)
        byte = 0
        #expect(read(two.upstream, &byte, 1) == 1)
        #expect(byte == 42)
    }

    @Test func bothEndsNoticeThatTheOtherIsGone() throws {
        let (listener, taker, giver) = try pair()
        Socket.close(taker)
        #expect(Passage.receive(from: giver) == .ended)
        #expect(Passage.send(Passage.Message(gateway: 1), over: giver) == EPIPE)
        close(listener, giver)
        #expect(Passage.connect(to: path) == -ENOENT)
    }

    /// A process that was killed leaves its path behind: nobody is there, until the next one listens.
    @Test func aPathIsTakenOver() throws {
        let first = try Passage.listen(at: path)
        Socket.close(first)
        #expect(Passage.connect(to: path) == -ECONNREFUSED)
        let second = try Passage.listen(at: path)
        let giver = Passage.connect(to: path)
        #expect(giver >= 0)
        close(second, giver)
    }

    /// Who does not read for long holds nobody up: hundreds of messages are on their way before that is told, also
    /// where the kernel allows no more than its default.
    @Test func aFullPassageSaysSo() throws {
        let (listener, taker, giver) = try pair()
        defer { close(listener, taker, giver) }
        var sent: UInt32 = 0
        var failure: Int32 = 0
        while failure == 0, sent < 100_000 {
            failure = Passage.send(Passage.Message(gateway: sent), over: giver)
            if failure == 0 { sent += 1 }
        }
        #expect(failure == EAGAIN)
        #expect(sent > 500)
        for number in 0..<sent {
            #expect(Passage.receive(from: taker) == .message(Passage.Message(gateway: number)))
        }
        #expect(Passage.receive(from: taker) == .nothing)
    }

    @Test func aPathThatIsTooLongIsRefused() {
        let long = "/tmp/" + String(repeating: "x", count: 200)
        #expect(throws: SystemError.self) { try Passage.listen(at: long) }
        #expect(Passage.connect(to: long) == -ENAMETOOLONG)
    }
}
