import HoldfastCore
import HoldfastResult

extension WireOrders {
    init(_ orders: Orders) throws(ControlCodecError) {
        acknowledged = orders.acknowledged
        if let instant = orders.establishAt { establishAt = instant.nanoseconds }
        if let instant = orders.t0 { t0 = instant.nanoseconds }
        endNow = orders.endNow
        finish = orders.finish
        executed = try ControlLimits.check(orders.executed, "orders.executed", ControlLimits.executed)
            .converted(WireExecutedInterval.init)
        if let instant = orders.executedThrough { executedThrough = instant.nanoseconds }
        thresholds = try ControlLimits.check(orders.thresholds, "orders.thresholds", ControlLimits.faults)
            .converted(WireRankThreshold.init)
        if let load = orders.fleet { fleet = WireFleetLoad(load) }
    }

    func value() throws(ControlCodecError) -> Orders {
        var orders = Orders()
        orders.acknowledged = acknowledged
        orders.establishAt = hasEstablishAt ? Instant(nanoseconds: establishAt) : nil
        orders.t0 = hasT0 ? Instant(nanoseconds: t0) : nil
        orders.endNow = endNow
        orders.finish = finish
        orders.executed = try ControlLimits.check(executed, "orders.executed", ControlLimits.executed)
            .map { $0.value() }
        orders.executedThrough = hasExecutedThrough ? Instant(nanoseconds: executedThrough) : nil
        orders.thresholds = try ControlLimits.check(thresholds, "orders.thresholds", ControlLimits.faults)
            .map { $0.value() }
        orders.fleet = hasFleet ? fleet.value() : nil
        return orders
    }
}

extension WireFleetLoad {
    init(_ load: FleetLoad) {
        connections = load.connections
        gateways = load.gateways
    }

    func value() -> FleetLoad { FleetLoad(connections: connections, gateways: gateways) }
}

extension WireRankThreshold {
    init(_ threshold: RankThreshold) throws(ControlCodecError) {
        fault = try narrow(threshold.fault, "threshold.fault")
        if let rank = threshold.rank { self.rank = rank }
    }

    func value() -> RankThreshold { RankThreshold(fault: Int(fault), rank: hasRank ? rank : nil) }
}

extension WireExecutedInterval {
    init(_ interval: ExecutedInterval) throws(ControlCodecError) {
        fault = try narrow(interval.fault, "executed.fault")
        if let gateway = interval.gateway { self.gateway = gateway }
        start = interval.start.nanoseconds
        if let end = interval.end { self.end = end.nanoseconds }
    }

    func value() -> ExecutedInterval {
        ExecutedInterval(
            fault: Int(fault),
            gateway: hasGateway ? gateway : nil,
            start: Instant(nanoseconds: start),
            end: hasEnd ? Instant(nanoseconds: end) : nil
        )
    }
}
