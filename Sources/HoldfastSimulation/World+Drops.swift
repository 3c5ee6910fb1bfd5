import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// The timeline ends connections, and brings sessions back.
extension World {
    mutating func drop(_ fault: Int) {
        let action = real.timeline[fault].action
        guard let drop = action.drop else { return }
        hash(UInt64(fault), .drop, 0)
        let victims = victims(of: fault)
        switch drop.side {
        case .client:
            injecting = fault
            for id in victims { drive(id, .commanded(.drop(drop.comeback.comeback, by: drop.manner))) }
            injecting = nil
            segments[0].executed.append(ExecutedInterval(fault: fault, gateway: nil, start: now, end: now))
        case .gateway:
            for gateway in Set(victims.map { seats[$0].session.gateway }).sorted() {
                executed.append(ExecutedInterval(fault: fault, gateway: gateway, start: now, end: now))
            }
            // Nobody was there: that it was carried out is a fact all the same.
            if victims.isEmpty { executed.append(ExecutedInterval(fault: fault, gateway: nil, start: now, end: now)) }
            tellExecuted()
            for id in victims {
                drive(id, .commanded(.expectDrop(drop.comeback.comeback)))
                let key = key(of: id)
                wake(id)
                if let command = action.gatewayCommand { driveGateway(key, .commanded(command)) }
            }
        }
    }

    mutating func resume(_ fault: Int) {
        hash(UInt64(fault), .resume, 0)
        for id in 0..<sessionCount where plan.isVictim(UInt32(id), fault: fault) {
            if seats[id].session.canBeResumed {
                drive(id, .commanded(.resume))
            } else {
                segments[Int(seats[id].segment)].log.skipped(1, fault: fault)
            }
        }
        segments[0].executed.append(ExecutedInterval(fault: fault, gateway: nil, start: now, end: now))
    }

    /// The established sessions that a drop ends; those that it would have ended are counted as skipped.
    mutating func victims(of fault: Int) -> [Int] {
        guard let scope = plan.timeline[fault].scope.gateways else {
            var victims: [Int] = []
            for id in 0..<sessionCount where plan.isVictim(UInt32(id), fault: fault) {
                if seats[id].session.phase == .admitted {
                    victims.append(id)
                } else {
                    segments[Int(seats[id].segment)].log.skipped(1, fault: fault)
                }
            }
            return victims
        }
        var ranked: [(rank: UInt32, id: Int)] = []
        for id in 0..<sessionCount
        where seats[id].session.phase == .admitted && scope.contains(seats[id].session.gateway) {
            let rank = plan.rank(of: UInt32(id), fault: fault)
            if rank != .max { ranked.append((rank, id)) }
        }
        ranked.sort { $0.rank < $1.rank }
        let count = plan.timeline[fault].scope.share.victims(of: ranked.count)
        thresholds.append(RankThreshold(fault: fault, rank: count > 0 ? ranked[count - 1].rank : nil))
        return ranked[..<count].map(\.id).sorted()
    }
}
