/// An IPv4 address and a TCP port, both in host byte order.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// Such as 0x7F00_0001 for 127.0.0.1.
    public var address: UInt32
    /// 0 lets the kernel choose where a port is bound.
    public var port: UInt16

    /// The endpoint `address:port`.
    @inlinable
    public init(address: UInt32, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Such as `127.64.0.1:1024`.
    public var description: String { "\(dottedQuad(address)):\(port)" }
}

/// An IPv4 address as text, such as `127.2.0.1`.
public func dottedQuad(_ address: UInt32) -> String {
    "\(address >> 24).\(address >> 16 & 0xFF).\(address >> 8 & 0xFF).\(address & 0xFF)"
}
