import Glibc

/// What plain descriptors of files, pipes and terminals need.
public enum Descriptor {
    /// Writes all of `bytes`; returns 0, or the error number of what kept it from that.
    public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }

    /// Replaces the contents of the file at `path`, made when there is none; returns 0, or the error number.
    public static func write(_ bytes: UnsafeRawBufferPointer, toFile path: String) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return errno }
        let code = write(bytes, to: descriptor)
        // Some file systems say only now that there was no room.
        if close(descriptor) != 0, code == 0 { return errno }
        return code
    }
}
