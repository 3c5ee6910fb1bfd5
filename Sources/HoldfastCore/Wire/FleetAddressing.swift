/// Where the processes of a fleet listen: every gateway, the balancer, the registry, and a middlebox before each of the
/// first two have addresses of their own in 127.0.0.0/8.
public enum FleetAddressing {
    /// The balancer's address.
    public static let balancer: UInt32 = 0x7F02_0001
    /// The registry's address.
    public static let registry: UInt32 = 0x7F02_0002

    /// Where a middlebox listens that stands before whoever listens at `address`: 127.3.0.0/16 are those before
    /// gateways, 127.4.0.1 is that before the balancer. Those of network n, where 0 is where sessions begin, are
    /// 2n further in the second byte; at most 30 networks fit below the clients.
    public static func middlebox(before address: UInt32, network: Int = 0) -> UInt32 {
        address &+ UInt32(1 + network) << 17
    }

    /// The most gateways that fit below the balancer's address.
    public static let gatewayLimit: UInt32 = 250 * 256

    /// 127.1.(g/250).(1 + g%250) for gateway g, below `gatewayLimit`.
    @inlinable
    public static func gateway(_ gateway: GatewayID) -> UInt32 {
        0x7F01_0000 | (gateway / 250) << 8 | (1 + gateway % 250)
    }

    /// The gateway with this address; nil when none has it.
    @inlinable
    public static func gateway(at address: UInt32) -> GatewayID? {
        let host = address & 0xFF
        guard address >> 16 == 0x7F01, (1...250).contains(host) else { return nil }
        return (address >> 8 & 0xFF) * 250 + host - 1
    }
}
