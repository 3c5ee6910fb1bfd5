import Glibc
import HoldfastCore

/// Whether somebody takes connections at an address: connects once, and resets the connection.
public enum Reachability {
    /// A balancer without a gateway in service takes connections all the same, and ends them at once.
    private static let keeping = Int32(250)

    /// Why nobody could be reached at `endpoint` within `limit` who keeps a connection; nil if somebody was. Blocks the
    /// calling thread.
    public static func failure(of endpoint: Endpoint, within limit: Span) -> String? {
        connect(to: endpoint, within: limit, then: ending)
    }

    /// Whether a connection to `endpoint` comes about within `limit`. Blocks the calling thread.
    public static func isAccepted(at endpoint: Endpoint, within limit: Span) -> Bool {
        connect(to: endpoint, within: limit) { _ in nil } == nil
    }

    private static func connect(
        to endpoint: Endpoint,
        within limit: Span,
        then look: (_ descriptor: Int32) -> String?
    ) -> String? {
        guard var address = IPv4.socketAddress(dottedQuad(endpoint.address), port: endpoint.port) else {
            return systemMessage(EINVAL)
        }
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_INET, flags, 0)
        guard descriptor >= 0 else { return systemMessage(errno) }
        defer { close(descriptor) }
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        let begun = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if begun == 0 { return look(descriptor) }
        guard errno == EINPROGRESS else { return systemMessage(errno) }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&waiting, 1, Int32(max(1, limit.nanoseconds / 1_000_000))) == 1 else {
            return systemMessage(ETIMEDOUT)
        }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        return code == 0 ? look(descriptor) : systemMessage(code)
    }

    /// Nil for a connection that lasts.
    private static func ending(_ descriptor: Int32) -> String? {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, keeping) == 1 else { return nil }
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK)) == 1 ? nil : "it ends them at once"
    }
}
