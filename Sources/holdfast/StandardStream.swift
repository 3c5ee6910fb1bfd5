import Glibc
import HoldfastLab

/// Standard output and error, where a full disk or a reader that has left is no reason to crash.
enum StandardStream {
    /// Makes it safe to write: a reader that leaves raises no signal, and what was closed is not given to a file.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Writes all of `bytes`; returns 0, or the error number of what kept it from that.
    static func write(_ bytes: some Sequence<UInt8>, to descriptor: Int32) -> Int32 {
        Array(bytes).withUnsafeBytes { Descriptor.write($0, to: descriptor) }
    }

    /// Says something on standard error; whoever does not want to hear it does not have to.
    static func complain(_ text: String) { _ = write(text.utf8, to: STDERR_FILENO) }

    /// Prints to standard output. A reader that has seen enough is no error, anything else ends the command.
    static func print(_ bytes: some Sequence<UInt8>) throws(ExitStatus) {
        let code = write(bytes, to: STDOUT_FILENO)
        guard code == 0 || code == EPIPE else {
            throw Complaint.print("cannot write to standard output: \(String(cString: strerror(code)))", .internalError)
        }
    }
}
