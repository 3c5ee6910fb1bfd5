/// What a gateway says of itself.
public struct LoadReport: Codable, Equatable, Sendable {
    /// Connections that it carries.
    public var load: UInt64

    /// A report.
    public init(load: UInt64) { self.load = load }
}
