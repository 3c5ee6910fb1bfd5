import ArgumentParser
import HoldfastCoordinator
import HoldfastLab
import HoldfastPlan

/// `holdfast doctor [PLAN]`: what a plan needs of this machine, what there is, and what mends it.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what a plan needs of this machine, and the command that mends what is short.",
        discussion: "Without a plan, what this machine has. The exit code is 106 where a plan could not be carried out."
    )

    @Argument(help: "The plan.", completion: .file(extensions: ["yaml", "yml"]))
    var plan: String?

    @OptionGroup
    var options: PlanOptions

    func run() throws {
        let limits = SystemLimits.current()
        let ephemeral = EphemeralRange.current()
        guard let path = plan else {
            return try StandardStream.print(DoctorText.machine(limits, ephemeral, parts: DoctorCommand.parts).utf8)
        }
        var plan = try options.readLive(path)
        plan.excludedPorts = WildcardListeners.added(to: plan.excludedPorts)
        let workers = MachineNeeds.workers(for: plan, limits: limits)
        let needs = MachineNeeds(plan: plan, workers: workers, limits: limits, ephemeral: ephemeral)
        let missing = DoctorCommand.parts.filter { plan.foreignPrograms.contains($0.name) && $0.path == nil }
        try StandardStream.print(DoctorText.plan(plan.name, needs, missing: missing).utf8)
        guard needs.missing.isEmpty, missing.isEmpty else { throw ExitStatus.couldNotStart }
    }

    /// The programs that plans may want beside Holdfast.
    private static var parts: [DoctorText.Part] {
        [ForeignProgram.haproxy, .nginx, .etcd].map { program in
            let packages = program.packages.joined(separator: " ")
            return DoctorText.Part(name: program.executableName, package: packages, path: program.path)
        }
    }
}

extension Plan {
    /// What a run starts beside Holdfast, by the names of their files.
    fileprivate var foreignPrograms: [String] {
        (target.via.isForeign ? [target.via.rawValue] : []) + (target.registry?.source == .etcd ? ["etcd"] : [])
    }
}
