import Glibc

/// Finding a port on which several addresses can listen.
public enum FreePort {
    /// A TCP port that is free on every one of `addresses` (dotted IPv4) at this moment.
    ///
    /// It lies below the ephemeral range, where no outgoing connection can take it while a gateway is restarted. The
    /// search begins at a place of this process's own, so that two runs rarely want the same port.
    public static func find(on addresses: [String], below range: EphemeralRange = .current()) throws(FreePortError)
        -> UInt16
    {
        let bounds = bounds(below: range)
        return try find(on: addresses, among: bounds, start: start(in: bounds))
    }

    /// `count` different ports that are free on `address`; else as the other.
    public static func find(
        _ count: Int,
        on address: String,
        below range: EphemeralRange = .current()
    ) throws(FreePortError) -> [UInt16] {
        let bounds = bounds(below: range)
        var start = start(in: bounds)
        var ports: [UInt16] = []
        for _ in 0..<count {
            let port = try find(on: [address], among: bounds, start: start)
            guard !ports.contains(port) else { throw .none(addresses: [address], bounds: bounds) }
            ports.append(port)
            start = Int(port - bounds.lowerBound) + 1
        }
        return ports
    }

    /// Throws unless `port` is free on every one of `addresses` (dotted IPv4) at this moment.
    public static func require(_ port: UInt16, on addresses: [String]) throws(FreePortError) {
        for address in addresses {
            guard try canListen(address, port) else { throw .taken(address, port: port) }
        }
    }

    private static func bounds(below range: EphemeralRange) -> Range<UInt16> { 10_000..<max(range.low, 10_001) }

    private static func start(in bounds: Range<UInt16>) -> Int { Int(getpid()) * 97 % bounds.count }

    /// Tries every port of `bounds` once, from the one at `start` on.
    static func find(on addresses: [String], among bounds: Range<UInt16>, start: Int) throws(FreePortError) -> UInt16 {
        for offset in bounds.indices {
            let index = (Int(offset - bounds.lowerBound) + start) % bounds.count
            let port = bounds.lowerBound + UInt16(index)
            if try isFree(port, on: addresses) { return port }
        }
        throw .none(addresses: addresses, bounds: bounds)
    }

    private static func isFree(_ port: UInt16, on addresses: [String]) throws(FreePortError) -> Bool {
        for address in addresses {
            guard try canListen(address, port) else { return false }
        }
        return true
    }

    /// Listens for a moment: with address reuse, which old connections of a former run demand, binding alone would
    /// succeed beside another listener-to-be.
    private static func canListen(_ address: String, _ port: UInt16) throws(FreePortError) -> Bool {
        guard var socketAddress = IPv4.socketAddress(address, port: port) else { throw .notAnAddress(address) }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(address, errorNumber: errno) }
        defer { close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        let bound = withUnsafePointer(to: &socketAddress) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if bound == 0 && listen(descriptor, 1) == 0 { return true }
        guard errno == EADDRINUSE else { throw .system(address, errorNumber: errno) }
        return false
    }
}

/// Why no port was found.
public enum FreePortError: Error, Equatable, CustomStringConvertible, Sendable {
    /// All of them are taken on one address or another.
    case none(addresses: [String], bounds: Range<UInt16>)
    /// Somebody else listens there.
    case taken(String, port: UInt16)
    /// Not a dotted IPv4 address.
    case notAnAddress(String)
    /// The address is not this machine's, or sockets are short.
    case system(String, errorNumber: Int32)

    /// One line for people.
    public var description: String {
        switch self {
        case .none(let addresses, let bounds):
            "no TCP port in \(bounds.lowerBound)...\(bounds.upperBound - 1) is free on all \(addresses.count) addresses"
        case .taken(let address, let port): "port \(port) of \(address) is taken; another gateway.port is needed"
        case .notAnAddress(let text): "not an IPv4 address: \(text)"
        case .system(let address, let error): "cannot listen on \(address): \(systemMessage(error))"
        }
    }
}
