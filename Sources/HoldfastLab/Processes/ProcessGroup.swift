import CHoldfastSpawn
import Glibc
import HoldfastCore

/// The processes of one process group, as `/proc` shows them.
struct ProcessGroup {
    /// The group's id: the process id of its first leader.
    let id: Int32

    /// A member, living or zombie.
    struct Member: Hashable {
        let pid: Int32
        let state: UInt8

        /// Every thread of it is stopped, or it has ended: in either case it does nothing.
        var isStill: Bool { state == UInt8(ascii: "T") || isEnded }
        var isEnded: Bool { state == 0 || state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") }
    }

    /// All members at this moment; empty when `/proc` cannot be read.
    func members() -> [Member] {
        var capacity = 64
        while true {
            var found = [hf_process](repeating: hf_process(), count: capacity)
            let count = Int(hf_group_members(id, &found, Int32(capacity)))
            if count <= capacity {
                return found.prefix(max(count, 0)).map { Member(pid: $0.pid, state: UInt8(bitPattern: $0.state)) }
            }
            capacity = count * 2
        }
    }

    /// Waits until `members` are all still; the first instant at which that was seen, or nil at the deadline.
    static func waitUntilStill(_ members: [Member], until deadline: Instant) -> Instant? {
        var moving = members.map(\.pid)
        while true {
            moving.removeAll { pid in
                Member(pid: pid, state: UInt8(bitPattern: hf_process_state(pid))).isStill
            }
            let now = MonotonicClock.now()
            if moving.isEmpty { return now }
            if now >= deadline { return nil }
            MonotonicClock.pause(Span(nanoseconds: 200_000))
        }
    }
}
