import Glibc

/// Whole small text files, such as those of `/proc`, whose size is not known before they are read.
enum TextFile {
    /// The contents of `path` from `offset` on, at most `limit` bytes; nil with `errno` when it cannot be read.
    static func read(_ path: String, from offset: Int = 0, limit: Int = 64 << 20) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard offset == 0 || lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &chunk, min(chunk.count, limit - bytes.count))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Replaces the contents of `path`; the error number when that fails.
    static func write(_ text: String, to path: String) -> Int32? {
        let code = Array(text.utf8).withUnsafeBytes { Descriptor.write($0, toFile: path) }
        return code == 0 ? nil : code
    }

    /// The last `count` lines of `path` that are not blank, joined; empty when there are none.
    static func lastLines(_ count: Int, of path: String) -> String {
        guard let text = read(path) else { return "" }
        let lines = text.split(separator: "\n").filter { line in line.contains { !$0.isWhitespace } }
        return lines.suffix(count).joined(separator: "; ")
    }
}
