import Glibc

/// Ports on which somebody listens on every address: no session can use them as source port on any.
public enum WildcardListeners {
    /// The ports of this machine from 1024 up to below the ephemeral range, ascending: the plan's `excludedPorts`.
    ///
    /// An IPv6 listener counts as well, since `/proc` does not tell whether it takes IPv4 along.
    public static func current(below range: EphemeralRange = .current()) -> [UInt16] {
        // A machine without IPv6 has no tcp6.
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap {
            TextFile.read($0, limit: ListeningSockets.mostBytes)
        }
        return ports(in: tables, within: 1024..<range.low)
    }

    /// Those ports and `excluded`, ascending.
    public static func added(to excluded: [UInt16]) -> [UInt16] { Set(excluded).union(current()).sorted() }

    /// The ports within `bounds` of all sockets in state LISTEN whose local address is all zeros.
    static func ports(in tables: [String], within bounds: Range<UInt16>) -> [UInt16] {
        let listeners = tables.flatMap { $0.split(separator: "\n").compactMap(ListeningSockets.Entry.init) }
        return Set(listeners.filter { $0.address == 0 }.map(\.port).filter(bounds.contains)).sorted()
    }
}
