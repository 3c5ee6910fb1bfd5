import HoldfastCore

/// How a gateway lets its sessions go.
public struct Drain: Equatable, Sendable {
    /// They are asked evenly over this time.
    public var over: Span
    /// Where they are sent; nil is wherever they like.
    public var target: GatewayID?

    /// A drain from its parts.
    public init(over: Span, target: GatewayID? = nil) {
        self.over = over
        self.target = target
    }

    /// What each connection is told.
    public var command: GatewayCommand { target.map { .leave(.move, to: $0) } ?? .leave(.drain) }
}
