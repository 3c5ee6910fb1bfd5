import Glibc

/// Finding programs.
public enum Executable {
    /// Where system programs are that a user's `PATH` often leaves out.
    public static let systemDirectories = ["/usr/local/sbin", "/usr/sbin", "/sbin"]

    /// The first executable file `name` in `PATH`, then in `systemDirectories`; nil when there is none.
    public static func find(_ name: String) -> String? {
        find(name, searchPath: Spawner.ownEnvironment()["PATH"] ?? "")
    }

    /// The path of the running program.
    public static func current() -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 && count < buffer.count else { return nil }
        return String(decoding: buffer[..<count].lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    static func find(_ name: String, searchPath: String) -> String? {
        // A relative entry would depend on where the user happens to be.
        let directories = searchPath.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        return (directories + systemDirectories).lazy.map { "\($0)/\(name)" }.first(where: isExecutableFile)
    }

    private static func isExecutableFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
