import CHoldfastLinux
import Glibc

/// How one process of a run on one machine makes another look at something that both can see. A bell says nothing else,
/// so that any number of rings are one; and nobody ever waits here.
///
/// Change first, then ring; silence first, then look: nothing is missed then, whoever is slow, stopped or killed.
public enum Bell {
    /// More may have been heard at once only when the kernel keeps more: then the bell is still ready.
    private static let mostAtOnce = 1024

    /// The bell of this process at `path`, where nobody else has one any more: readable while it rings.
    public static func listen(at path: String) throws(SystemError) -> Int32 {
        let descriptor = holdfast_bell_listen(path)
        guard descriptor >= 0 else { throw SystemError(call: "listen at \(path)", code: -descriptor) }
        return descriptor
    }

    /// Rings the bell at `path`, by one's own. False when nobody has one there; also true when it rings already, for as
    /// often as the kernel keeps.
    @discardableResult
    public static func ring(_ path: String, from bell: Int32) -> Bool {
        let result = holdfast_bell_ring(bell, path)
        return result == 0 || result == -EAGAIN
    }

    /// Silences one's own bell; returns whether it rang.
    @discardableResult
    public static func silence(_ bell: Int32) -> Bool {
        var count = 0
        withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { buffer in
            while count < mostAtOnce, case .bytes = Socket.read(bell, into: buffer) { count += 1 }
        }
        return count > 0
    }
}
