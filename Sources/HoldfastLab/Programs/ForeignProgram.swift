import Glibc
import HoldfastCore

/// A program that is somebody else's: a balancer, or what a registry is made of.
public struct ForeignProgram: Equatable, Sendable {
    /// Its name among people.
    public let name: String
    /// The file that is executed.
    public let executableName: String
    /// A file beside it without which it is of no use.
    let module: String?
    /// The Debian packages that it needs.
    public let packages: [String]

    /// etcd.
    public static let etcd = ForeignProgram(
        name: "etcd",
        executableName: "etcd",
        module: nil,
        packages: ["etcd-server"]
    )
    /// HAProxy.
    public static let haproxy = ForeignProgram(
        name: "HAProxy",
        executableName: "haproxy",
        module: nil,
        packages: ["haproxy"]
    )
    /// nginx with its stream module.
    public static let nginx = ForeignProgram(
        name: "nginx",
        executableName: "nginx",
        module: NginxConfiguration.streamModule,
        packages: ["nginx", "libnginx-mod-stream"]
    )

    /// Where it is on this machine; nil when it, or what it needs, is not installed.
    public var path: String? {
        guard module.map({ access($0, R_OK) == 0 }) ?? true else { return nil }
        return Executable.find(executableName)
    }

    /// What is said when it is not installed.
    var advice: String {
        let kind = packages.count == 1 ? "package" : "packages"
        let names = packages.joined(separator: " and ")
        let places = module.map { "in PATH or /usr/sbin with \($0)" } ?? "in PATH or /usr/sbin"
        return "\(name) is not \(places); install the Debian \(kind) \(names)"
    }

    /// A configuration with what carries it out.
    struct Job {
        /// The configuration.
        var text: String
        /// Where it is written.
        var file: String
        /// What has it checked.
        var check: [String]
        /// What carries it out, in the foreground.
        var run: [String]
        /// Where its messages go.
        var log: String
    }

    /// Writes the configuration, has it checked, and starts the program with it, in a process group of its own.
    func start(
        _ job: Job,
        executable: String?,
        spawner: Spawner
    ) async throws(ForeignProgramError) -> ChildProcess {
        guard let executable = executable ?? path else { throw ForeignProgramError(self, .missing) }
        try await configure(job, executable: executable, spawner: spawner)
        return try spawn(executable, job.run, job.log, spawner)
    }

    /// Writes the configuration and has it checked.
    func configure(_ job: Job, executable: String, spawner: Spawner) async throws(ForeignProgramError) {
        if let error = TextFile.write(job.text, to: job.file) {
            throw ForeignProgramError(self, .cannotWrite(job.file, errorNumber: error))
        }
        let check = try spawn(executable, job.check, job.log, spawner)
        guard let status = await check.waitForExit(within: .seconds(10)) else {
            check.kill()
            throw ForeignProgramError(self, .refused(message: "its check of \(job.file) does not end"))
        }
        guard status == .code(0) else {
            throw ForeignProgramError(self, .refused(message: TextFile.lastLines(4, of: job.log)))
        }
    }

    /// Starts `executable` in a process group of its own, with its messages in `log`.
    func spawn(
        _ executable: String,
        _ arguments: [String],
        _ log: String,
        _ spawner: Spawner,
        environment: [String: String]? = nil
    ) throws(ForeignProgramError) -> ChildProcess {
        do {
            return try spawner.spawn(
                executable: executable,
                arguments: arguments,
                environment: environment,
                standardOutput: .file(log),
                standardError: .file(log)
            )
        } catch {
            throw ForeignProgramError(self, .spawn(error))
        }
    }
}
