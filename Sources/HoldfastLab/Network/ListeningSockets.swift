/// TCP sockets of this machine that listen, as the kernel lists them: asking it connects to nobody.
enum ListeningSockets {
    /// Whether somebody listens on `port` of `address` (dotted IPv4), and on no wider address.
    static func contains(address: String, port: UInt16) -> Bool {
        guard let wanted = IPv4.socketAddress(address, port: port)?.sin_addr.s_addr,
            let table = TextFile.read("/proc/net/tcp", limit: mostBytes)
        else { return false }
        return table.split(separator: "\n").lazy.compactMap(Entry.init)
            .contains { $0.address == wanted && $0.port == port }
    }

    /// The kernel lists listeners first and the connections, maybe hundreds of thousands, after them. A line has 150
    /// bytes, so this is enough for 27,000 listeners.
    static let mostBytes = 4 << 20

    /// A listener.
    struct Entry {
        /// As the machine holds it: its first byte is the lowest. 0 for every address, also of IPv6.
        var address: UInt32
        var port: UInt16

        /// One line: `sl local_address:port remote_address:port state ...`, in hexadecimal; nil for other states, and
        /// for an address of IPv6 that is not all zeros.
        init?(line: Substring) {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count > 3, fields[3] == "0A" else { return nil }
            let local = fields[1].split(separator: ":")
            let digits = local[0].allSatisfy { $0 == "0" } ? "0" : local[0]
            guard local.count == 2, let address = UInt32(digits, radix: 16), let port = UInt16(local[1], radix: 16)
            else {
                return nil
            }
            self.address = address
            self.port = port
        }
    }
}
