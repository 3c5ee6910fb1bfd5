import Glibc

/// Which executable this is, so that a run is never made of two builds.
public enum BuildIdentity {
    /// The version of Holdfast.
    public static let version = "0.1.0"

    /// The version, and the size and time of the executable; alike in all processes of one build on one machine.
    public static let current: String = {
        var status = stat()
        guard stat("/proc/self/exe", &status) == 0 else { return version }
        let time = status.st_mtim
        return "\(version)-\(status.st_size)-\(time.tv_sec).\(time.tv_nsec)"
    }()
}
