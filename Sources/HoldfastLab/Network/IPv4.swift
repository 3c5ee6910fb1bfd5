import Glibc

/// IPv4 addresses as sockets want them.
enum IPv4 {
    /// Address and port, or nil when `text` is not a dotted address.
    static func socketAddress(_ text: String, port: UInt16) -> sockaddr_in? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        return inet_pton(AF_INET, text, &address.sin_addr) == 1 ? address : nil
    }
}
