import CPrivateNetwork
import Foundation
import HoldfastCore
import Testing

@testable import HoldfastReactor

/// Timers of real sockets whose peer is lost without a word: a connection on the loopback of a network of its own,
/// which is then cut.
@Suite struct SocketTimersTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var keepalive: Keepalive.Settings?
        var userTimeout: Span?
        /// Whether something is on its way as the network is cut.
        var hasUnacknowledged: Bool
        var expected: KernelTimer
    }

    private static let probing = Keepalive.Settings(idle: .seconds(1), interval: .seconds(1), probes: 1)

    static let cases = [
        Case(
            testDescription: "probes that nobody answers",
            keepalive: probing,
            hasUnacknowledged: false,
            expected: .keepalive
        ),
        Case(
            testDescription: "no probes while something is unacknowledged",
            keepalive: probing,
            hasUnacknowledged: true,
            expected: .retransmission
        ),
        Case(
            testDescription: "unacknowledged for too long",
            userTimeout: .milliseconds(700),
            hasUnacknowledged: true,
            expected: .userTimeout
        ),
        Case(testDescription: "sent again in vain", hasUnacknowledged: true, expected: .retransmission),
    ]

    @Test(arguments: cases)
    func whoeverGaveUpIsKnown(timers: Case) async throws {
        let outcome = await withCheckedContinuation { continuation in
            // The namespace is this thread's, and goes with it.
            Thread.detachNewThread { continuation.resume(returning: Result { try Self.watch(timers) }) }
        }
        #expect(try outcome.get() == timers.expected)
    }

    /// What a socket is set to is what was asked for, and nothing else is.
    @Test func optionsAreTheSockets() throws {
        let descriptor = try Socket.listen(on: Endpoint(address: 0x7F00_0001, port: 0))
        defer { Socket.close(descriptor) }
        func option(_ level: Int32, _ name: Int32) -> Int32 {
            var (value, size) = (Int32(-1), socklen_t(MemoryLayout<Int32>.size))
            return getsockopt(descriptor, level, name, &value, &size) == 0 ? value : -1
        }
        let tcp = Int32(IPPROTO_TCP)
        let names = [TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT]
        let usual = names.map { option(tcp, $0) }
        #expect(SocketTimers(keepalive: nil, userTimeout: nil) == nil)
        let patience = try #require(SocketTimers(keepalive: nil, userTimeout: .milliseconds(2500)))
        #expect(patience.set(on: descriptor) == 0)
        #expect(names.map { option(tcp, $0) } == Array(usual[..<3]) + [2500])
        #expect(option(SOL_SOCKET, SO_KEEPALIVE) == 0)
        let settings = Keepalive.Settings(idle: .seconds(5), interval: .seconds(3), probes: 4)
        let probing = try #require(SocketTimers(keepalive: settings, userTimeout: nil))
        #expect(probing.set(on: descriptor) == 0)
        #expect(names.map { option(tcp, $0) } == [5, 3, 4, 2500])
        #expect(option(SOL_SOCKET, SO_KEEPALIVE) != 0)
    }

    /// Cuts a connection with these timers off, and says which of them ended it.
    private static func watch(_ timers: Case) throws -> KernelTimer {
        try check(private_network_enter(), "a network of its own, which takes root")
        try check(private_network_set_retries(2), "tcp_retries2")
        let listener = try Socket.listen(on: Endpoint(address: 0x7F00_0001, port: 4000))
        defer { Socket.close(listener) }
        let from = Endpoint(address: 0x7F00_0001, port: 4001)
        let client = Socket.connect(from: from, to: Endpoint(address: 0x7F00_0001, port: 4000))
        try check(client, "a connect")
        defer { Socket.close(client) }
        guard case .accepted(let server, _) = Socket.accept(listener) else { throw Trouble("nobody came") }
        defer { Socket.close(server) }
        let own = SocketTimers(keepalive: timers.keepalive, userTimeout: timers.userTimeout)
        if let own { try check(-own.set(on: client), "its timers") }
        try check(private_network_cut(), "the cut")
        if timers.hasUnacknowledged { _ = [UInt8(1)].withUnsafeBytes { Socket.write(client, $0) } }
        var waiting = pollfd(fd: client, events: Int16(POLLIN), revents: 0)
        try check(poll(&waiting, 1, 20_000) == 1 ? 0 : -ETIME, "the end of the connection")
        var byte: UInt8 = 0
        let outcome = withUnsafeMutableBytes(of: &byte) { Socket.read(client, into: $0) }
        guard outcome == .failed(ETIMEDOUT) else { throw Trouble("\(outcome)") }
        return SocketTimers.expired(own, on: client)
    }

    private static func check(_ code: Int32, _ what: String) throws {
        if code < 0 { throw Trouble("\(what): errno \(-code)") }
    }

    private struct Trouble: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
