/// Which gateways a balancer believes are in service.
struct ServiceList: Sendable {
    /// How often it was told of a failure.
    private(set) var failures: UInt64 = 0

    private var outUntil: [Instant]
    /// From when on everybody is in service.
    private var wholeFrom = Instant(nanoseconds: .min)

    /// `count` gateways, all in service.
    init(count: Int) { outUntil = [Instant](repeating: Instant(nanoseconds: .min), count: count) }

    /// Takes `gateway` out of service until `end`.
    mutating func takeOut(_ gateway: Int, until end: Instant) {
        outUntil[gateway] = max(outUntil[gateway], end)
        wholeFrom = max(wholeFrom, end)
        failures += 1
    }

    /// Takes `gateway` out of service until it is enlisted again.
    mutating func retire(_ gateway: Int) { takeOut(gateway, until: .never) }

    /// Puts `gateway` back into service, whatever it was out for.
    mutating func enlist(_ gateway: Int) {
        outUntil[gateway] = Instant(nanoseconds: .min)
        wholeFrom = outUntil.max() ?? wholeFrom
        failures += 1
    }

    /// Forgets every failure; those that are retired stay so.
    mutating func forgive() {
        for gateway in outUntil.indices where outUntil[gateway] != .never { enlist(gateway) }
    }

    /// Leaves `gateway` out of the picks of `now`; what it returns undoes that in `restore`.
    mutating func exclude(_ gateway: Int, at now: Instant) -> Instant {
        let before = outUntil[gateway]
        takeOut(gateway, until: now + .tick)
        return before
    }

    /// As it was before `exclude`.
    mutating func restore(_ gateway: Int, _ before: Instant) {
        outUntil[gateway] = before
        failures += 1
    }

    /// Whether `gateway` is in service.
    func contains(_ gateway: Int, at now: Instant) -> Bool { now >= outUntil[gateway] }

    /// Whether all are.
    func isWhole(at now: Instant) -> Bool { now >= wholeFrom }

    /// How many are.
    func count(at now: Instant) -> Int {
        isWhole(at: now) ? outUntil.count : outUntil.reduce(0) { $1 <= now ? $0 + 1 : $0 }
    }

    /// The gateway in service with this number among them.
    func nth(_ number: Int, at now: Instant) -> Int? {
        if isWhole(at: now) { return number }
        var remaining = number
        for gateway in outUntil.indices where now >= outUntil[gateway] {
            if remaining == 0 { return gateway }
            remaining -= 1
        }
        return nil
    }

    /// The first in service from `start` on, around.
    func first(from start: Int, at now: Instant) -> Int? {
        guard !outUntil.isEmpty else { return nil }
        let start = start == outUntil.count ? 0 : start
        if isWhole(at: now) { return start }
        for step in outUntil.indices {
            let gateway = (start + step) % outUntil.count
            if now >= outUntil[gateway] { return gateway }
        }
        return nil
    }

    /// When the next one comes back; `never` when nobody is out.
    func nextReturn(after now: Instant) -> Instant {
        var next = Instant.never
        for end in outUntil where end > now && end < next { next = end }
        return next
    }
}
