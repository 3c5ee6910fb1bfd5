import Foundation
import Glibc

/// Source ports on this machine.
enum LocalPorts {
    /// The first port that the kernel chooses by itself.
    static var firstEphemeral: Int? {
        let range = try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
        return range?.split(separator: "\t").first.flatMap { Int($0) }
    }

    /// Source ports of TCP connections from the sessions' addresses, 127.64.0.0/10, at this moment.
    static func ofSessions() -> [Int] {
        let table = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
        return table.split(separator: "\n").dropFirst().compactMap { line in
            let words = line.split(separator: " ")
            guard words.count > 2 else { return nil }
            let local = words[1].split(separator: ":")
            // The address is printed as the machine holds it: its first byte is the last.
            guard let address = UInt32(local[0], radix: 16)?.byteSwapped, address >> 22 == 0x7F40_0000 >> 22 else {
                return nil
            }
            return Int(local[1], radix: 16)
        }
    }

    /// A port of this machine that nobody listens on.
    static func free() throws -> UInt16 {
        let listener = try listen()
        close(listener.descriptor)
        return UInt16(bigEndian: listener.address.sin_port)
    }

    /// Makes `count` connections to a listener of its own, one after the other, from ports that the kernel chooses; how
    /// many it got.
    static func connects(_ count: Int) throws -> Int {
        var (listener, address) = try listen()
        defer { close(listener) }
        var made = 0
        for _ in 0..<count {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            let isConnected = pass(&address) { connect(client, $0, size) } == 0
            // Whoever closes first keeps the port for a minute.
            close(client)
            guard isConnected else { return made }
            close(accept(listener, nil, nil))
            made += 1
        }
        return made
    }

    private static let size = socklen_t(MemoryLayout<sockaddr_in>.size)

    /// Listens on a port that the kernel chooses.
    private static func listen() throws -> (descriptor: Int32, address: sockaddr_in) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0 else { throw POSIXError(.EMFILE) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = size
        guard pass(&address, { bind(listener, $0, size) }) == 0, Glibc.listen(listener, 16) == 0,
            pass(&address, { getsockname(listener, $0, &length) }) == 0
        else {
            close(listener)
            throw POSIXError(.EADDRNOTAVAIL)
        }
        return (listener, address)
    }

    private static func pass(_ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Int32) -> Int32 {
        withUnsafeMutablePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) } }
    }
}
