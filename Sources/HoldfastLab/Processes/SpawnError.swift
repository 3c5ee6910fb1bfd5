import CHoldfastSpawn
import Glibc

/// Why a child could not be started. Nothing of it is left.
public enum SpawnError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The executable could not be executed (missing, not executable, wrong format).
    case cannotExecute(String, errorNumber: Int32)
    /// A file for its output could not be opened.
    case cannotOpen(String, errorNumber: Int32)
    /// A process, a group or a descriptor could not be had.
    case noResources(String, errorNumber: Int32)
    /// The janitor has ended; without it nothing is started.
    case noJanitor(errorNumber: Int32)
    /// The working directory could not be entered.
    case noWorkingDirectory(String, errorNumber: Int32)
    /// More children than the janitor's table holds.
    case tooManyChildren(limit: Int)

    init?(_ result: hf_spawn_result, executable: String, workingDirectory: String?) {
        switch result.stage {
        case hf_spawn_stage_none: return nil
        case hf_spawn_stage_register: self = .noJanitor(errorNumber: result.error)
        case hf_spawn_stage_directory:
            self = .noWorkingDirectory(workingDirectory ?? "", errorNumber: result.error)
        case hf_spawn_stage_exec: self = .cannotExecute(executable, errorNumber: result.error)
        default: self = .noResources(executable, errorNumber: result.error)
        }
    }

    /// One line for people.
    public var description: String {
        switch self {
        case .cannotExecute(let path, let error): "cannot execute \(path): \(systemMessage(error))"
        case .cannotOpen(let path, let error): "cannot open \(path): \(systemMessage(error))"
        case .noResources(let path, let error): "cannot start \(path): \(systemMessage(error))"
        case .noJanitor(let error): "cannot start a process: the clean-up process has ended: \(systemMessage(error))"
        case .noWorkingDirectory(let path, let error): "cannot enter directory \(path): \(systemMessage(error))"
        case .tooManyChildren(let limit): "cannot start more than \(limit) processes at a time"
        }
    }
}
