import HoldfastCore

/// Who is on the registry's list.
public struct RegistryListing: Codable, Equatable, Sendable {
    /// One gateway of the list.
    public struct Gateway: Codable, Equatable, Sendable {
        /// Its id.
        public var id: GatewayID
        /// How old its last report is; nil for one that has left a list which is kept all the same.
        public var ageSeconds: Double?

        /// A gateway of the list.
        public init(id: GatewayID, ageSeconds: Double?) {
            self.id = id
            self.ageSeconds = ageSeconds
        }
    }

    /// +1 whenever the list changes.
    public var version: UInt64
    /// Whether it is an old list, because the present one was not believed.
    public var isProtected: Bool
    /// Ascending by id.
    public var gateways: [Gateway]

    /// A list.
    public init(version: UInt64, isProtected: Bool, gateways: [Gateway]) {
        self.version = version
        self.isProtected = isProtected
        self.gateways = gateways
    }
}
