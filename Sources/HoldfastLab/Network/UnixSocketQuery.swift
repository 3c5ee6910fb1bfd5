import Glibc
import HoldfastCore

/// One question and its whole answer over a Unix socket.
enum UnixSocketQuery {
    /// The longest path that fits in a socket address.
    static let longestPath = 107

    /// Sends `question`, then reads until the other side closes, at most `limit` bytes.
    ///
    /// Blocks the calling thread for at most `timeout` a system call. `isLast` says that no other question follows, for
    /// who would wait for one.
    static func ask(
        _ question: String,
        at path: String,
        timeout: Span,
        isLast: Bool = false,
        limit: Int = 16 << 20
    ) throws(UnixSocketQueryError) -> String {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw UnixSocketQueryError(path: path, errorNumber: errno) }
        defer { close(descriptor) }
        var interval = timeval(
            tv_sec: Int(timeout.nanoseconds / 1_000_000_000),
            tv_usec: Int(timeout.nanoseconds % 1_000_000_000 / 1_000)
        )
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &interval, socklen_t(MemoryLayout<timeval>.size))
        }
        guard connect(descriptor, to: path) else { throw UnixSocketQueryError(path: path, errorNumber: errno) }
        let bytes = Array(question.utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw UnixSocketQueryError(path: path, errorNumber: errno)
        }
        if isLast { shutdown(descriptor, Int32(SHUT_WR)) }
        return try readAll(descriptor, path: path, limit: limit)
    }

    private static func connect(_ descriptor: Int32, to path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count <= longestPath else {
            errno = ENAMETOOLONG
            return false
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private static func readAll(_ descriptor: Int32, path: String, limit: Int) throws(UnixSocketQueryError) -> String {
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while answer.count < limit {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw UnixSocketQueryError(path: path, errorNumber: errno) }
            if count == 0 { break }
            answer.append(contentsOf: chunk[..<count])
        }
        return String(decoding: answer, as: UTF8.self)
    }
}

/// A socket that did not answer.
struct UnixSocketQueryError: Error, Equatable, CustomStringConvertible {
    let path: String
    let errorNumber: Int32

    /// Nobody listens there, or has just stopped to.
    var isRefusal: Bool { [ECONNREFUSED, ECONNRESET, ENOENT].contains(errorNumber) }

    var description: String { "no answer from \(path): \(systemMessage(errorNumber))" }
}
