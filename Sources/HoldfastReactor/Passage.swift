import CHoldfastLinux
import Glibc

/// Sockets between the processes of a run on one machine, over which open connections are passed. Messages are whole or
/// not there; nothing here ever waits.
public enum Passage {
    /// What one process tells another.
    public struct Message: Equatable, Sendable {
        /// The gateway that it is about.
        public var gateway: UInt32
        /// How many connections, where none is passed.
        public var count: UInt32
        /// The client's connection; -1 for none.
        public var client: Int32
        /// The gateway's; -1 for none.
        public var upstream: Int32

        /// A message from its parts.
        public init(gateway: UInt32, count: UInt32 = 0, client: Int32 = -1, upstream: Int32 = -1) {
            self.gateway = gateway
            self.count = count
            self.client = client
            self.upstream = upstream
        }
    }

    /// What a read found.
    public enum Outcome: Equatable, Sendable {
        /// A message; its descriptors belong to the reader now.
        case message(Message)
        /// Nothing for now.
        case nothing
        /// The other end is gone, or broken.
        case ended
    }

    /// Listens at `path`, where nobody else does any more.
    public static func listen(at path: String) throws(SystemError) -> Int32 {
        let descriptor = holdfast_passage_listen(path)
        guard descriptor >= 0 else { throw SystemError(call: "listen at \(path)", code: -descriptor) }
        return descriptor
    }

    /// A passage to whoever listens at `path`, or -errno.
    public static func connect(to path: String) -> Int32 { holdfast_passage_connect(path) }

    /// The next passage of a listener; nil when nobody waits.
    public static func accept(_ listener: Int32) -> Int32? {
        let descriptor = holdfast_passage_accept(listener)
        return descriptor >= 0 ? descriptor : nil
    }

    /// Sends `message`; the sender keeps its own copies of the descriptors. Returns 0, or errno: EAGAIN when the other
    /// end has not read for long.
    public static func send(_ message: Message, over descriptor: Int32) -> Int32 {
        -holdfast_passage_send(descriptor, message.gateway, message.count, message.client, message.upstream)
    }

    /// Takes the next message.
    public static func receive(from descriptor: Int32) -> Outcome {
        var message = Message(gateway: 0)
        let result = holdfast_passage_receive(
            descriptor,
            &message.gateway,
            &message.count,
            &message.client,
            &message.upstream
        )
        if result > 0 { return .message(message) }
        return result == -EAGAIN || result == -EINTR ? .nothing : .ended
    }
}
