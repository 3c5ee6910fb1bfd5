import Glibc
import HoldfastCore
import Testing

@testable import HoldfastReactor

/// Real sockets: what a driver is told about them must be what happened.
@Suite struct ConnectionTests {
    @Test func bytesArrive() throws {
        let pair = try Pair(host: 1)
        #expect(pair.open())
        #expect(pair.write(1, [1, 2, 3]) == .wrote(3))
        #expect(pair.wait(for: .readable, of: 2))
        #expect(pair.driver.readiness[2]?.isOver == false)
        #expect(pair.read(2) == .bytes(3))
        #expect(pair.received(3) == [1, 2, 3])
        #expect(pair.read(2) == .nothing)
        let peer = Socket.peerEndpoint(pair.reactor.descriptor(of: 2))
        #expect(peer == pair.source)
    }

    @Test func aFinIsAFin() throws {
        let pair = try Pair(host: 2)
        #expect(pair.open())
        #expect(pair.write(2, [7]) == .wrote(1))
        pair.reactor.close(2)
        #expect(pair.wait(for: [.readable, .peerFinished], of: 1))
        #expect(pair.driver.readiness[1]?.contains(.failed) == false)
        #expect(pair.read(1) == .bytes(1))
        #expect(pair.read(1) == .finished)
    }

    @Test func aResetIsAReset() throws {
        let pair = try Pair(host: 3)
        #expect(pair.open())
        pair.reactor.reset(2)
        #expect(pair.wait(for: .failed, of: 1))
        #expect(pair.read(1) == .failed(ECONNRESET))
    }

    @Test func theErrorOfAResetIsToldOnce() throws {
        let pair = try Pair(host: 4)
        #expect(pair.open())
        pair.reactor.reset(2)
        #expect(pair.wait(for: .failed, of: 1))
        #expect(pair.takeError(1) == ECONNRESET)
        #expect(pair.takeError(1) == 0)
        #expect(pair.read(1) == .finished)
    }

    @Test func closingWithSomethingUnreadIsAReset() throws {
        let pair = try Pair(host: 5)
        #expect(pair.open())
        #expect(pair.write(1, [1]) == .wrote(1))
        #expect(pair.wait(for: .readable, of: 2))
        pair.reactor.close(2)
        #expect(pair.wait(for: .failed, of: 1))
        #expect(pair.read(1) == .failed(ECONNRESET))
    }

    @Test func halfAConnectionStaysOpen() throws {
        let pair = try Pair(host: 6)
        #expect(pair.open())
        pair.reactor.finish(1)
        #expect(pair.wait(for: .peerFinished, of: 2))
        #expect(pair.driver.readiness[2]?.contains(.hungUp) == false)
        #expect(pair.read(2) == .finished)
        #expect(pair.write(2, [5]) == .wrote(1))
        pair.driver.readiness[1] = nil
        #expect(pair.wait(for: .readable, of: 1))
        #expect(pair.read(1) == .bytes(1))
    }

    @Test func whatDoesNotFitIsHandedBack() throws {
        let pair = try Pair(host: 7)
        #expect(pair.open())
        let block = [UInt8](repeating: 9, count: 1 << 20)
        var sent = 0
        var isFull = false
        for _ in 0..<100 where !isFull {
            guard case .wrote(let count) = pair.write(1, block) else { break }
            sent += count
            isFull = count < block.count
        }
        #expect(isFull)
        #expect(pair.write(1, block) == .wrote(0))
        pair.driver.readiness[1] = nil
        var received = 0
        for _ in 0..<10_000 where received < sent {
            pair.turn()
            while case .bytes(let count) = pair.read(2) { received += count }
        }
        #expect(received == sent)
        #expect(pair.wait(for: .writable, of: 1))
        #expect(pair.write(1, [1]) == .wrote(1))
    }

    @Test func nobodyListensIsRefused() throws {
        let pair = try Pair(host: 8)
        pair.reactor.close(0)
        let failure = pair.connect(1, from: pair.source)
        if failure == 0 {
            #expect(pair.wait(for: .failed, of: 1))
            #expect(pair.takeError(1) == ECONNREFUSED)
        } else {
            #expect(failure == ECONNREFUSED)
        }
        #expect(ConnectFailure(errno: ECONNREFUSED) == .refused)
    }

    @Test func aSourceInUseIsNoPort() throws {
        let pair = try Pair(host: 9)
        #expect(pair.open())
        let failure = pair.connect(3, from: pair.source)
        #expect(ConnectFailure(errno: failure) == .noPort)
        let descriptor = pair.reactor.descriptor(of: 3)
        #expect(descriptor == -1)
        #expect(pair.attached == 3)
    }

    /// The side that closes first keeps the four-tuple in TIME_WAIT; the explicit bind goes through it.
    @Test func aFourTupleComesBackThroughTimeWait() throws {
        let pair = try Pair(host: 10)
        for _ in 0..<20 {
            try #require(pair.open())
            pair.reactor.close(1)
            #expect(pair.wait(for: .peerFinished, of: 2))
            pair.reactor.close(2)
            pair.driver.readiness = [:]
        }
    }

    @Test func aListenerComesBackWhileConnectionsEnd() throws {
        let pair = try Pair(host: 11)
        #expect(pair.open())
        pair.reactor.close(0)
        pair.reactor.close(2)
        let again = try Socket.listen(on: pair.listening)
        Socket.close(again)
    }

    @Test func aPortInUseCannotBeListenedOn() throws {
        let pair = try Pair(host: 12)
        #expect(throws: SystemError(call: "listen on \(pair.listening)", code: EADDRINUSE)) {
            try Socket.listen(on: pair.listening)
        }
    }
}
