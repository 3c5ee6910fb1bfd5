import Glibc

/// Ports on which somebody listens on every address: no session can use them as source port on any.
public enum WildcardListeners {
    /// The ports of this machine from 1024 up to below the ephemeral range, ascending: the plan's `excludedPorts`.
    ///
    /// An IPv6 listener counts as well, since `/proc` does not tell whether it takes IPv4 along.
    public static func current(below range: EphemeralRange = .current()) -> [UInt16] {
        // A machine without IPv6 has no tcp6.
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap { TextFile.read($0, limit: mostBytes) }
        return ports(in: tables, within: 1024..<range.low)
    }

    /// The kernel lists listeners first and the connections, maybe hundreds of thousands, after them. A line has 150
    /// bytes, so this is enough for 27,000 listeners.
    private static let mostBytes = 4 << 20

    /// Those ports and `excluded`, ascending.
    public static func added(to excluded: [UInt16]) -> [UInt16] { Set(excluded).union(current()).sorted() }

    /// The ports within `bounds` of all sockets in state LISTEN whose local address is all zeros.
    static func ports(in tables: [String], within bounds: Range<UInt16>) -> [UInt16] {
        let found = tables.flatMap { table in table.split(separator: "\n").compactMap(port) }
        return Set(found.filter(bounds.contains)).sorted()
    }

    /// One line: `sl local_address:port remote_address:port state ...`, in hexadecimal.
    private static func port(ofLine line: Substring) -> UInt16? {
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        guard fields.count > 3, fields[3] == "0A" else { return nil }
        let local = fields[1].split(separator: ":")
        guard local.count == 2, local[0].allSatisfy({ $0 == "0" }) else { return nil }
        return UInt16(local[1], radix: 16)
    }
}
