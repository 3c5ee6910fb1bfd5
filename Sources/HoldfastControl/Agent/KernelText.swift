import Glibc

/// A small file of the kernel's, read at once.
struct KernelText {
    /// What it says; empty if it cannot be read.
    let text: String

    /// Reads the first 8 KiB of `path`.
    init(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            text = ""
            return
        }
        defer { close(descriptor) }
        text = withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 1) { bytes in
            let count = read(descriptor, bytes.baseAddress, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }
}
