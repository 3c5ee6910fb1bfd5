import HoldfastCore
import HoldfastPlan

/// Which network each session of a worker is on, and which one its connection was made from; 0 is its own, where it
/// begins. One thread's.
final class WorkerNetworks {
    private let names: [String]
    private let first: SessionID
    /// By place in the segment; empty where nobody ever moves.
    private var present: [UInt8]
    private var connected: [UInt8]

    /// Everybody is at home.
    init(_ plan: Plan, sessions: Range<SessionID>) {
        names = [Rerouting.home] + plan.otherNetworks
        first = sessions.lowerBound
        present = Array(repeating: 0, count: names.count > 1 ? sessions.count : 0)
        connected = present
    }

    /// The network that the connection of `session` was made from.
    func ofConnection(_ session: SessionID) -> Int { connected.isEmpty ? 0 : Int(connected[Int(session - first)]) }

    /// The network that `session` connects from now.
    func connect(_ session: SessionID) -> Int {
        guard !present.isEmpty else { return 0 }
        connected[Int(session - first)] = present[Int(session - first)]
        return ofConnection(session)
    }

    /// From now on `session` is on the network with this name.
    func move(_ session: SessionID, to name: String) {
        guard !present.isEmpty, let number = names.firstIndex(of: name) else { return }
        present[Int(session - first)] = UInt8(number)
    }
}
