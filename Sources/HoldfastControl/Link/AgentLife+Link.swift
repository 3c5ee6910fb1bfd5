import HoldfastCore
import HoldfastResult

extension AgentLife {
    /// Takes what the link has: new orders, or that the coordinator is lost. Returns the orders, because executed times
    /// and thresholds in them are the role's to use.
    ///
    /// A role's whole loop, at every wake and at `nextDeadline`:
    /// ```swift
    /// if let orders = life.receive(from: link, now: now) { apply(orders) }
    /// while let action = life.poll(now: now) { perform(action) }
    /// schedule(life.nextDeadline)
    /// ```
    public mutating func receive(from link: ControlLink, now: Instant) -> Orders? {
        handle(link.health, now: now)
        guard let orders = link.takeOrders() else { return nil }
        handle(orders, now: now)
        return orders
    }
}
