/// Several balancers in front of the same gateways, as the workers of one proxy are: each has a cursor of its own and
/// knows only of the connections that passed through itself.
///
/// A session always meets the same one, by a hash of what stands for its source address.
public struct BalancerInstances: Sendable {
    private var instances: [Balancer]

    /// `count` instances, each as `balancer` is now: their cursors start at the same gateway.
    /// - Precondition: at least one.
    public init(_ balancer: Balancer, count: Int) {
        precondition(count > 0, "There is at least one balancer.")
        instances = [Balancer](repeating: balancer, count: count)
    }

    /// How many there are.
    public var count: Int { instances.count }

    /// Which of them `session` meets.
    public func instance(of session: SessionID) -> Int {
        // The hashes of algorithms have small numbers in their second place.
        instances.count == 1 ? 0 : Int(pairHash(session, .max) % UInt64(instances.count))
    }

    /// As ``Balancer/pick(session:ordinal:now:)``, of the instance of `session`.
    public mutating func pick(session: SessionID, ordinal: Ordinal, now: Instant) -> GatewayID? {
        instances[instance(of: session)].pick(session: session, ordinal: ordinal, now: now)
    }

    /// As ``Balancer/pickAgain(after:session:ordinal:attempt:now:)``, of the instance of `session`.
    public mutating func pickAgain(
        after failed: GatewayID,
        session: SessionID,
        ordinal: Ordinal,
        attempt: UInt32,
        now: Instant
    ) -> GatewayID? {
        instances[instance(of: session)]
            .pickAgain(after: failed, session: session, ordinal: ordinal, attempt: attempt, now: now)
    }

    /// As ``Balancer/unreachable(_:now:)``, of the instance of `session`.
    public mutating func unreachable(_ gateway: GatewayID, session: SessionID, now: Instant) {
        instances[instance(of: session)].unreachable(gateway, now: now)
    }

    /// A connection of `session` to `gateway` is over.
    public mutating func closed(_ gateway: GatewayID, session: SessionID) {
        instances[instance(of: session)].closed(gateway)
    }

    /// As ``Balancer/retire(_:)``, of all of them.
    public mutating func retire(_ gateway: GatewayID) {
        for index in instances.indices { instances[index].retire(gateway) }
    }

    /// As ``Balancer/enlist(_:now:)``, of all of them.
    public mutating func enlist(_ gateway: GatewayID, now: Instant) {
        for index in instances.indices { instances[index].enlist(gateway, now: now) }
    }

    /// As ``Balancer/reload(keepsCounts:)``, of all of them.
    public mutating func reload(keepsCounts: Bool) {
        for index in instances.indices { instances[index].reload(keepsCounts: keepsCounts) }
    }

    /// Whether the instance of `session` gives `gateway` new connections.
    public func isInService(_ gateway: GatewayID, session: SessionID, now: Instant) -> Bool {
        instances[instance(of: session)].isInService(gateway, now: now)
    }

    /// Connections per gateway that all of them together believe are open.
    public var connections: [UInt64] {
        var sums = instances[0].connections
        for instance in instances.dropFirst() {
            for (gateway, open) in instance.connections.enumerated() { sums[gateway] += open }
        }
        return sums
    }
}
