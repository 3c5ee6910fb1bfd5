import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// What users do when they open the app.
extension World {
    /// The victims try at once, or beat at once; those with an adaptive heartbeat stay at their minimum meanwhile.
    mutating func openApps(_ fault: Int) {
        guard case .foreground(let length) = real.timeline[fault].action else { return }
        hash(UInt64(fault), .foreground, 0)
        let end = length.map { now + $0 } ?? .never
        for id in 0..<sessionCount where plan.isVictim(UInt32(id), fault: fault) {
            guard seats[id].session.canBeOpened else {
                segments[Int(seats[id].segment)].log.skipped(1, fault: fault)
                continue
            }
            // The answer to the beat brings the interval: silence counts by the old one until then.
            if adapts(id) { adaptive[id].open(until: end, sendsAhead: !seats[id].session.isBeatUnderWay) }
            drive(id, .commanded(.foreground))
        }
        executed.append(ExecutedInterval(fault: fault, gateway: nil, start: now, end: length == nil ? now : nil))
        tellExecuted()
    }
}
