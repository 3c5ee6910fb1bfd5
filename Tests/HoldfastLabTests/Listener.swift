import Foundation
import Glibc
import Synchronization

@testable import HoldfastLab

/// A small TCP server: accepts, counts those who said something, and keeps every connection until the peer ends it.
final class Listener: Sendable {
    private let descriptor: Int32
    private let state = Mutex(State())

    private struct State {
        var isClosed = false
        var greeted = 0
    }

    /// Connections over which at least one byte has arrived: a health check's has none.
    var greeted: Int { state.withLock { $0.greeted } }

    init(address: String, port: UInt16) throws {
        guard var socketAddress = IPv4.socketAddress(address, port: port) else { throw POSIXError(.EINVAL) }
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        let bound = withUnsafePointer(to: &socketAddress) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(descriptor, 128) == 0 else {
            let error = errno
            Glibc.close(descriptor)
            throw POSIXError(POSIXErrorCode(rawValue: error) ?? .EINVAL)
        }
    }

    /// Serves on a thread of its own until it is closed.
    func serve() {
        Thread { [self] in
            var connections: [Int32: Bool] = [:]
            while step(&connections) {}
            for connection in connections.keys { Glibc.close(connection) }
            Glibc.close(descriptor)
            state.withLock { $0.isClosed = true }
        }.start()
    }

    /// Stops listening; returns once a new listener could have the port.
    func close() {
        state.withLock { $0.isClosed = true }
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private func step(_ connections: inout [Int32: Bool]) -> Bool {
        var interests = ([descriptor] + connections.keys).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        poll(&interests, nfds_t(interests.count), 20)
        if state.withLock({ $0.isClosed }) { return false }
        for interest in interests where interest.revents != 0 {
            if interest.fd == descriptor {
                let connection = accept(descriptor, nil, nil)
                if connection >= 0 { connections[connection] = false }
                continue
            }
            var byte: UInt8 = 0
            guard recv(interest.fd, &byte, 1, 0) > 0 else {
                connections[interest.fd] = nil
                Glibc.close(interest.fd)
                continue
            }
            if connections.updateValue(true, forKey: interest.fd) == false { state.withLock { $0.greeted += 1 } }
        }
        return true
    }
}

/// A connection that has sent one byte; closed at the end of its life.
final class Caller {
    private let descriptor: Int32

    init(address: String, port: UInt16) throws {
        guard var socketAddress = IPv4.socketAddress(address, port: port) else { throw POSIXError(.EINVAL) }
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let connected = withUnsafePointer(to: &socketAddress) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0, send(descriptor, "x", 1, Int32(MSG_NOSIGNAL)) == 1 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EINVAL)
        }
    }

    deinit { Glibc.close(descriptor) }
}
