import HoldfastCore

@testable import HoldfastReactor

/// Writes down what the reactor told it, in order.
struct RecordingDriver: ReactorDriver {
    enum Call: Equatable {
        case schedule(Instant)
        case ready(Int)
        case deadline(Int, Instant)
        case woken
    }

    var calls: [Call] = []
    var readiness: [Int: Readiness] = [:]
    /// Slots whose deadlines are attempts.
    var attempting: Set<Int> = []
    var onReady: (Int, inout Reactor) -> Void = { _, _ in }

    mutating func scheduleReached(intended: Instant, _ reactor: inout Reactor) { calls.append(.schedule(intended)) }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        calls.append(.ready(slot))
        self.readiness[slot] = readiness
        onReady(slot, &reactor)
    }

    mutating func deadlineReached(_ slot: Int, intended: Instant, _ reactor: inout Reactor) {
        calls.append(.deadline(slot, intended))
    }

    func timerKind(of slot: Int) -> TimerKind { attempting.contains(slot) ? .attempt : .heartbeat }

    mutating func woken(_ reactor: inout Reactor) { calls.append(.woken) }
}

/// A connection over loopback: slot 0 is the listener's, slot 1 the client's, slot 2 the server's end.
///
/// A class, and the reactor's calls repeated: `#expect` takes copies of what it looks at.
final class Pair {
    var reactor: Reactor
    var driver = RecordingDriver()
    let listening: Endpoint
    let source: Endpoint

    /// The first of three ports that no wildcard listener of this machine has taken from all addresses at once.
    private static let port: UInt16 = {
        let free = (UInt16(2000)..<3000).filter { port in
            guard let listener = try? Socket.listen(on: Endpoint(address: 0, port: port)) else { return false }
            Socket.close(listener)
            return true
        }
        return free.first { free.contains($0 + 1) && free.contains($0 + 2) } ?? 0
    }()

    /// Every test has a source address of its own, so that tests can run side by side.
    init(host: UInt32, capacity: Int = 8) throws {
        let listener = try Socket.listen(on: Endpoint(address: 0x7F00_0001, port: 0))
        listening = Socket.localEndpoint(listener)!
        source = Endpoint(address: 0x7F70_0000 + host, port: Pair.port)
        reactor = try Reactor(capacity: capacity)
        let failure = reactor.attach(listener, to: 0, .listener)
        precondition(failure == 0)
    }

    /// Connects slot `client` and accepts it as slot `server`; false when the connect failed.
    func open(client: Int = 1, server: Int = 2, from source: Endpoint? = nil) -> Bool {
        let source = source ?? self.source
        guard connect(client, from: source) == 0 else { return false }
        var isAccepted = false
        for _ in 0..<100 where !isAccepted {
            turn()
            guard case .accepted(let descriptor, let peer) = reactor.accept(0) else { continue }
            isAccepted = peer == source && attach(descriptor, to: server, .incoming) == 0
        }
        for _ in 0..<100 where driver.readiness[client] == nil { turn() }
        return isAccepted && driver.readiness[client] == .writable
    }

    /// One turn that waits for 20 ms at most.
    func turn() { reactor.turn(&driver, until: Clock.now + .milliseconds(20)) }

    /// Turns until `slot` was told something that contains `readiness`.
    func wait(for readiness: Readiness, of slot: Int) -> Bool {
        for _ in 0..<100 {
            turn()
            if let told = driver.readiness[slot], told.isSuperset(of: readiness) { return true }
        }
        return false
    }

    func connect(_ slot: Int, from source: Endpoint) -> Int32 { reactor.connect(slot, from: source, to: listening) }

    func attach(_ descriptor: Int32, to slot: Int, _ interest: Interest) -> Int32 {
        reactor.attach(descriptor, to: slot, interest)
    }

    func read(_ slot: Int) -> ReadOutcome { reactor.read(slot) }

    func write(_ slot: Int, _ bytes: [UInt8]) -> WriteOutcome { bytes.withUnsafeBytes { reactor.write(slot, $0) } }

    func takeError(_ slot: Int) -> Int32 { reactor.takeError(slot) }

    var attached: Int { reactor.attached }
    var attachedPeak: Int { reactor.attachedPeak }
    var staleEvents: UInt64 { reactor.staleEvents }
    var lateness: TimerLateness { reactor.lateness }
    var loopStall: Histogram { reactor.loopStall }
    var now: Instant { reactor.now }

    func received(_ count: Int) -> [UInt8] { Array(reactor.buffer.prefix(count)) }
}
