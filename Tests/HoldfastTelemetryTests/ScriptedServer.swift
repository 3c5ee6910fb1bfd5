import Foundation
import Glibc
import Synchronization

/// An HTTP server that does to each request what the test's script says, over plain sockets: it can be as rude as a
/// real one.
final class ScriptedServer: Sendable {
    enum Place: Sendable {
        case loopback
        case unix(String)
    }

    /// What happens after a request was read.
    enum Reply: Sendable {
        /// Status line, headers and body as written; the connection stays open.
        case raw(String)
        /// An answer with this status, extra header lines and body.
        case status(Int, headers: [String] = [], body: String = "")
        /// The same, then the connection is closed although nothing announced it.
        case statusThenClose(Int)
        /// A reset without an answer.
        case reset
        /// No answer, connection open, until the server stops.
        case silence
    }

    struct Request: Sendable {
        var connection: Int
        var head: String
        var body: [UInt8]
    }

    private struct State: ~Copyable {
        var requests: [Request] = []
        var connections: [Int32] = []
        var isStopped = false
    }

    let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())
    private let script: @Sendable (_ number: Int, Request) -> Reply

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock { $0.requests } }

    /// Listens at once; `script` gets the number of the request, 0-based over all connections.
    init(at place: Place = .loopback, script: @escaping @Sendable (_ number: Int, Request) -> Reply) throws {
        self.script = script
        (listener, port) = try Self.listen(at: place)
        Thread.detachNewThread { self.acceptConnections() }
    }

    /// Ends every connection and the listener.
    func stop() {
        let connections = state.withLock { state in
            state.isStopped = true
            return state.connections
        }
        Glibc.shutdown(listener, Int32(SHUT_RDWR))
        for connection in connections { Glibc.shutdown(connection, Int32(SHUT_RDWR)) }
    }

    private static func listen(at place: Place) throws -> (Int32, UInt16) {
        switch place {
        case .loopback: try listenOnLoopback()
        case .unix(let path): (try listenOnSocket(path), 0)
        }
    }

    private static func listenOnLoopback() throws -> (Int32, UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) | Glibc.listen(listener, 64) | getsockname(listener, address, &length)
            }
        }
        guard code == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    private static func listenOnSocket(_ path: String) throws -> Int32 {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, socklen_t(MemoryLayout<sockaddr_un>.size)) | Glibc.listen(listener, 64)
            }
        }
        guard code == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        return listener
    }

    private func acceptConnections() {
        var count = 0
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            let number = count
            count += 1
            let isStopped = state.withLock { state in
                state.connections.append(connection)
                return state.isStopped
            }
            guard !isStopped else { break }
            Thread.detachNewThread { self.serve(connection, number: number) }
        }
        close(listener)
    }

    private func serve(_ connection: Int32, number: Int) {
        var buffer: [UInt8] = []
        while let request = Self.readRequest(connection, number: number, buffer: &buffer) {
            let order = state.withLock { state in
                state.requests.append(request)
                return state.requests.count - 1
            }
            guard answer(script(order, request), on: connection) else { break }
        }
        state.withLock { $0.connections.removeAll { $0 == connection } }
        close(connection)
    }

    /// False when the connection is to be closed.
    private func answer(_ reply: Reply, on connection: Int32) -> Bool {
        switch reply {
        case .raw(let text):
            write(text, to: connection)
            return true
        case .status(let status, let headers, let body):
            let lines = ["HTTP/1.1 \(status) Scripted", "Content-Length: \(body.utf8.count)"] + headers + ["", body]
            write(lines.joined(separator: "\r\n"), to: connection)
            return true
        case .statusThenClose(let status):
            write("HTTP/1.1 \(status) Scripted\r\nContent-Length: 0\r\n\r\n", to: connection)
            return false
        case .reset:
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
            return false
        case .silence:
            return true
        }
    }

    private func write(_ text: String, to connection: Int32) {
        let bytes = Array(text.utf8)
        _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private static func readRequest(_ connection: Int32, number: Int, buffer: inout [UInt8]) -> Request? {
        while true {
            if let head = headEnd(buffer) {
                let text = String(decoding: buffer[..<head], as: UTF8.self)
                let length = contentLength(text)
                if buffer.count >= head + length {
                    let body = Array(buffer[head..<head + length])
                    buffer.removeFirst(head + length)
                    return Request(connection: number, head: text, body: body)
                }
            }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            buffer += chunk[..<count]
        }
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let limit = min(bytes.count, 16_384)
        for end in 4...limit where bytes[end - 4..<end].elementsEqual([13, 10, 13, 10]) { return end }
        return nil
    }

    private static func contentLength(_ head: String) -> Int {
        for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("content-length:") {
            return Int(line.dropFirst(15).trimmingCharacters(in: .whitespaces)) ?? 0
        }
        return 0
    }
}
