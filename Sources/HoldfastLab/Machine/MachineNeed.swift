/// Something that a run takes of a machine, and what the machine has of it.
public struct MachineNeed: Equatable, Sendable {
    /// What it is counted in.
    public enum Unit: Sendable {
        case number
        case bytes
    }

    /// What is needed and by whom, such as `descriptors of a worker of 15000 sessions`.
    public var what: String
    /// How much of it.
    public var need: Int
    /// How much there is.
    public var have: Int
    /// What both are counted in.
    public var unit = Unit.number
    /// Whether the run cannot do without; else it may become slower or lose connections under a storm.
    public var isVital = true
    /// What mends it: a command, or another plan.
    public var remedy: String

    /// Whether there is less than is needed.
    public var isShort: Bool { have < need }

    /// One line for a run that cannot start.
    public var complaint: String {
        let size =
            unit == .bytes
            ? "\(MachineNeed.mebibytes(need)) are needed, there are \(MachineNeed.mebibytes(have))"
            : "\(need) are needed, there are \(have)"
        return "\(what): \(size); \(remedy)"
    }

    /// Bytes in MiB, rounded up.
    public static func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }
}
