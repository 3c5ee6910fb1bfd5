import HoldfastCore

/// What watches over connections beside sessions and gateways themselves.
extension World {
    /// An answered beat tells an adaptive client how long to wait for the next.
    mutating func learn(_ id: Int) {
        guard adapts(id) else { return }
        let wait = adaptive[id].noteAnswer(at: now)
        let milliseconds = UInt32(clamping: wait.nanoseconds / 1_000_000)
        tell(id, .commanded(.beat(everyMilliseconds: max(1, milliseconds))))
    }

    /// The longest interval that every client which has ended its search found to be safe; nil while none has.
    var longestSafeInterval: Span? {
        adaptive.indices.filter { adapts($0) && adaptive[$0].present.isSettled }.map { adaptive[$0].present.current }
            .min()
    }

    /// A prober of its own connects to every gateway. It has its own way there, so it never sees what is wrong with
    /// that of the sessions, and a kernel that accepts is all that it asks for.
    mutating func probe() {
        for index in gateways.indices {
            probes.note(index, isUp: gateways[index].isListening && !gateways[index].isHostDown)
        }
        if let interval = proberInterval { schedule(.probe, at: now + interval) }
    }
}
