import CHoldfastSpawn
import Glibc
import HoldfastCore

/// Starts children, each the leader of its own process group and known to the janitor before it executes anything.
///
/// A child gets default signal actions, no blocked signal, the niceness of this process's main thread, standard input
/// from `/dev/null`, and no descriptor of this process but its outputs and the lifeline.
public struct Spawner: Sendable {
    /// Who cleans up after this process.
    public let janitor: Janitor

    /// A spawner whose children `janitor` knows.
    public init(janitor: Janitor) { self.janitor = janitor }

    /// Starts `executable`, a path (see ``Executable/find(_:)``), and returns once it runs.
    ///
    /// - Parameters:
    ///   - arguments: Without the program's name.
    ///   - environment: All of the child's environment; nil for this process's own. With a lifeline,
    ///     `HOLDFAST_LIFELINE` is added.
    ///   - workingDirectory: nil for this process's own.
    ///   - lifeline: The pipe by whose end the child knows that this process is gone.
    public func spawn(
        executable: String,
        arguments: [String] = [],
        environment: [String: String]? = nil,
        workingDirectory: String? = nil,
        standardOutput: ChildOutput = .discard,
        standardError: ChildOutput = .discard,
        inherit lifeline: Lifeline? = nil
    ) throws(SpawnError) -> ChildProcess {
        let output = try standardOutput.open(inherited: STDOUT_FILENO)
        defer { output.close() }
        let error = try standardError.open(inherited: STDERR_FILENO)
        defer { error.close() }
        var variables = environment ?? Self.ownEnvironment()
        if lifeline != nil { variables[Lifeline.environmentVariable] = String(Lifeline.childDescriptor) }
        let inherited = lifeline.map { [$0.readEnd] } ?? []

        let result = withExtendedLifetime(lifeline) {
            withCStrings([executable] + arguments) { argumentPointers in
                withCStrings(variables.map { "\($0.key)=\($0.value)" }.sorted()) { environmentPointers in
                    withOptionalCString(workingDirectory) { directoryPointer in
                        inherited.withUnsafeBufferPointer { inheritedPointer in
                            janitor.spawn(
                                hf_spawn_request(
                                    executable: UnsafePointer(argumentPointers[0]),
                                    arguments: argumentPointers,
                                    environment: environmentPointers,
                                    working_directory: directoryPointer,
                                    standard_output: output.number,
                                    standard_error: error.number,
                                    inherited: inheritedPointer.baseAddress,
                                    inherited_count: Int32(inheritedPointer.count),
                                    janitor: -1
                                )
                            )
                        }
                    }
                }
            }
        }
        guard let result else { throw .tooManyChildren(limit: Int(hf_janitor_group_limit)) }
        let failure = SpawnError(result, executable: executable, workingDirectory: workingDirectory)
        if let failure { throw failure }
        return ChildProcess(pid: result.pid, executable: executable, janitor: janitor)
    }

    /// The environment of this process.
    public static func ownEnvironment() -> [String: String] {
        var variables: [String: String] = [:]
        guard var pointer = hf_environment() else { return variables }
        while let entry = pointer.pointee {
            let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            pointer += 1
        }
        return variables
    }
}

/// Calls `body` with `strings` as C has them: an array of pointers that ends in null.
private func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    defer { pointers.forEach { free($0) } }
    pointers.append(nil)
    // The array is never empty: it has the null at least.
    return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
}

private func withOptionalCString<Result>(_ string: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let string else { return body(nil) }
    return string.withCString(body)
}
