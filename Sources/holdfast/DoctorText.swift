import HoldfastLab
import HoldfastResult

/// What `holdfast doctor` prints.
enum DoctorText {
    /// A program that plans may want.
    struct Part {
        var name: String
        /// The Debian package that has it.
        var package: String
        /// Where it is; nil where it is not.
        var path: String?

        var remedy: String { "apt-get install \(package)" }
    }

    /// The needs of one plan, a line each, and under what is short the command that mends it.
    static func plan(_ name: String, _ needs: MachineNeeds, missing parts: [Part]) -> String {
        var lines = needs.all.flatMap { need in
            [line(mark(need), need.what, "\(text(need.need, need)) needed, \(text(need.have, need)) there")]
                + (need.isShort ? ["         \(need.remedy)"] : [])
        }
        for part in parts { lines += [line("MISSING", part.name, "not found"), "         \(part.remedy)"] }
        let isFit = needs.missing.isEmpty && parts.isEmpty
        let verdict = isFit ? "this machine can carry it out" : "this machine cannot carry it out"
        return (["\(name): \(verdict)"] + lines).joined(separator: "\n") + "\n"
    }

    /// What a machine has, whatever the plan.
    static func machine(_ limits: SystemLimits, _ ephemeral: EphemeralRange, parts: [Part]) -> String {
        let memory = "\(bytes(limits.memoryAvailableBytes)) of \(bytes(limits.memoryTotalBytes))"
        let ports = "1024 to \(Int(ephemeral.low) - 1), below the kernel's own"
        var lines = [
            line("", "descriptors of a process", count(limits.descriptorsHard)),
            line("", "files of all processes", "\(count(limits.files.left)) left"),
            line("", "memory available", memory), line("", "source ports of a session's address", ports),
            line("", "connections that a listener keeps", count(limits.acceptQueue)),
        ]
        if let tracked = limits.trackedConnections {
            lines.append(line("", "connections that the kernel tracks", "\(count(tracked.left)) left"))
        }
        lines += parts.map { line("", $0.name, $0.path ?? "not found; \($0.remedy)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func mark(_ need: MachineNeed) -> String {
        need.isShort ? need.isVital ? "SHORT" : "warning" : "ok"
    }

    private static func text(_ value: Int, _ need: MachineNeed) -> String {
        need.unit == .bytes ? bytes(value) : count(value)
    }

    private static func count(_ value: Int) -> String {
        value > 1 << 50 ? "unlimited" : Readable.count(UInt64(max(0, value)))
    }

    private static func bytes(_ value: Int) -> String { Readable.bytes(Double(value)) }

    private static func line(_ mark: String, _ what: String, _ figures: String) -> String {
        let padding = String(repeating: " ", count: max(0, 7 - mark.count))
        return "\(mark)\(padding)  \(what): \(figures)"
    }
}
