import HoldfastCore

/// One change of the fleet's size, as planned.
public struct PlannedScaling: Equatable, Sendable {
    /// The event's index in the timeline.
    public var fault: Int
    /// When, from t0; plan time.
    public var at: Span
    /// Gateways until then.
    public var before: Int
    /// Gateways from then on.
    public var after: Int

    /// Who is there from then on.
    public var added: Range<GatewayID> { GatewayID(before)..<GatewayID(max(before, after)) }
    /// Who is not there any more.
    public var removed: Range<GatewayID> { GatewayID(after)..<GatewayID(max(before, after)) }
}

extension Plan {
    /// Every change of the fleet's size, in order.
    public var scalings: [PlannedScaling] {
        var count = target.gateways
        var scalings: [PlannedScaling] = []
        for (fault, event) in timeline.enumerated() {
            guard let after = event.action.scale else { continue }
            scalings.append(PlannedScaling(fault: fault, at: event.at, before: count, after: after))
            count = after
        }
        return scalings
    }

    /// The most gateways that there are at any time: the fleet grows to that.
    public var mostGateways: Int { timeline.reduce(target.gateways) { max($0, $1.action.scale ?? 0) } }

    /// How many gateways there are just before `span` after t0.
    public func gateways(before span: Span) -> Int { scalings.last { $0.at < span }?.after ?? target.gateways }
}
