/// The smooth weighted round robin of nginx (`ngx_stream_upstream_get_peer`): weights 5, 1, 1 give a a b a c a a, where
/// a cursor over a list would give the heavy one five in a row.
///
/// nginx also lowers the weight of a server that failed and raises it by one with each pick; here a gateway that failed
/// is out of service and then back with its whole weight.
struct SmoothRoundRobin: Sendable {
    private let weights: GatewayWeights
    private var credits: [Int64]

    /// A dealer that has not dealt yet.
    init(_ weights: GatewayWeights) {
        self.weights = weights
        credits = [Int64](repeating: 0, count: weights.values.count)
    }

    /// Each of those in service earns its weight; the richest takes the connection and pays what all have earned.
    mutating func pick(_ service: ServiceList, at now: Instant) -> Int? {
        var best: Int?
        var earned: Int64 = 0
        for gateway in credits.indices where service.contains(gateway, at: now) {
            let weight = Int64(weights.values[gateway])
            credits[gateway] += weight
            earned += weight
            if let richest = best, credits[gateway] <= credits[richest] { continue }
            best = gateway
        }
        if let best { credits[best] -= earned }
        return best
    }
}
