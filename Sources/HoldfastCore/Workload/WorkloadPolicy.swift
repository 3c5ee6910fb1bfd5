/// The business that goes over the connections, beside heartbeats.
public struct WorkloadPolicy: Equatable, Sendable {
    /// What the fleet pushes; nil is nothing.
    public var push: PushPolicy?
    /// What sessions ask; nil is nothing.
    public var request: RequestPolicy?

    /// A policy from its parts.
    public init(push: PushPolicy? = nil, request: RequestPolicy? = nil) {
        self.push = push
        self.request = request
    }

    /// Whether there is no business at all.
    public var isEmpty: Bool { push == nil && request == nil }
}
