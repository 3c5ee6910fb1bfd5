import HoldfastCore
import HoldfastReactor

@testable import HoldfastFleet

/// What a server under test offers to its reactor.
protocol ServerUnderTest: ~Copyable {
    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor)
    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor)
}

extension GatewayServer: ServerUnderTest {}

extension ProxyServer: ServerUnderTest {}

/// Lets a server have a reactor to itself.
struct ServerDriver<Server: ServerUnderTest & ~Copyable>: ~Copyable, ReactorDriver {
    var server: Server

    mutating func scheduleReached(intended: Instant, _ reactor: inout Reactor) {}

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        server.ready(slot, readiness, &reactor)
    }

    mutating func deadlineReached(_ slot: Int, intended: Instant, _ reactor: inout Reactor) {
        server.deadlineReached(slot, &reactor)
    }

    func timerKind(of slot: Int) -> TimerKind { .timeout }

    mutating func woken(_ reactor: inout Reactor) {}
}

/// A server with its reactor, turned by hand.
final class Node<Server: ServerUnderTest & ~Copyable> {
    var reactor: Reactor
    var driver: ServerDriver<Server>

    init(_ server: consuming Server, slots: Int) throws {
        reactor = try Reactor(capacity: slots)
        driver = ServerDriver(server: server)
    }

    func turn() { reactor.turn(&driver, until: Clock.now + .milliseconds(2)) }

    /// Turns until `condition` holds; false when it never does.
    func settle(until condition: () -> Bool) -> Bool {
        for _ in 0..<5000 {
            if condition() { return true }
            turn()
        }
        return false
    }
}

/// Where test clients come from: every suite and test has its own addresses, so that tests can run side by side.
enum Source {
    /// A port that no wildcard listener of this machine has taken from all addresses at once.
    private static let port: UInt16 = {
        for port in UInt16(2000)..<3000 {
            guard let listener = try? Socket.listen(on: Endpoint(address: 0, port: port)) else { continue }
            Socket.close(listener)
            return port
        }
        return 0
    }()

    /// Client `number` of test `test` of `suite`, which has sessions of its own: suite * 65536 + test * 256 + number.
    static func endpoint(suite: UInt32, test: UInt32, _ number: UInt32) -> Endpoint {
        let session = suite << 16 + test << 8 + number
        return Endpoint(address: SourceAddressing.base + 1 + session, port: port)
    }
}

/// One end of a connection that the test holds itself.
final class Peer {
    let descriptor: Int32
    private(set) var received: [UInt8] = []
    /// How it ended; nil while it is open.
    private(set) var end: ReadOutcome?
    private var isClosed = false

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    convenience init(from source: Endpoint, to destination: Endpoint) {
        self.init(Socket.connect(from: source, to: destination))
    }

    deinit { if !isClosed { Socket.close(descriptor) } }

    func write(_ bytes: [UInt8]) -> Int {
        let outcome = bytes.withUnsafeBytes { Socket.write(descriptor, $0) }
        guard case .wrote(let count) = outcome else { return -1 }
        return count
    }

    func write(_ frame: Frame) {
        let bytes = [UInt8](unsafeUninitializedCapacity: WireFormat.helloBytes) { buffer, count in
            count = FrameEncoder.encode(frame, into: UnsafeMutableRawBufferPointer(buffer))
        }
        _ = write(bytes)
    }

    func write(_ hello: Hello) { _ = write(Peer.bytes(of: hello)) }

    static func bytes(of hello: Hello) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: WireFormat.helloBytes) { buffer, count in
            count = FrameEncoder.encode(hello, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// Reads all that is there.
    func read() {
        guard end == nil else { return }
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
            while true {
                switch Socket.read(descriptor, into: buffer) {
                case .bytes(let count): received += buffer[..<count]
                case .nothing: return
                case let outcome:
                    end = outcome
                    return
                }
            }
        }
    }

    /// The frames received so far, whole ones only.
    var frames: [Frame] {
        read()
        var frames: [Frame] = []
        received.withUnsafeBytes { bytes in
            var start = 0
            while case .frame(let frame, let consumed) = FrameDecoder.decode(
                UnsafeRawBufferPointer(rebasing: bytes[start...])
            ) {
                frames.append(frame)
                start += consumed
            }
        }
        return frames
    }

    /// What it received, or how it ended, after reading all that is there.
    var outcome: ReadOutcome? {
        read()
        return end
    }

    func finish() { Socket.finish(descriptor) }

    func close() {
        isClosed = true
        Socket.close(descriptor)
    }

    func reset() {
        isClosed = true
        Socket.reset(descriptor)
    }
}
