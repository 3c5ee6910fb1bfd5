import Foundation
import Glibc
import HoldfastCore
import Testing

@testable import HoldfastReactor

/// A process that stands still and goes on must not take what it has not read yet for silence.
@Suite(.serialized) struct StandstillTests {
    /// Where the standstill meets the reactor.
    enum Place: CaseIterable {
        /// In epoll_wait, which then says EINTR, as after SIGSTOP and SIGCONT.
        case waiting
        /// In a call of the driver, in the middle of a turn.
        case calling
    }

    /// Three batches of connections, supervised as gateways do when sessions only report.
    private static let connections = 300
    private static let silence = Span.milliseconds(600)
    private static let standstill: UInt32 = 900_000

    /// Every second session beats while its gateway stands still for longer than the limit: those stay, the others go.
    @Test(.timeLimit(.minutes(1)), arguments: Place.allCases) func whatArrivedMeanwhileCounts(_ place: Place) throws {
        #expect(Host.raiseDescriptorLimit() > 2 * Self.connections + 100)
        var reactor = try Reactor(capacity: Self.connections + 1)
        var driver = SupervisingDriver(connections: Self.connections, silence: Self.silence, stall: Self.standstill)
        var clients: [Int32] = []
        defer { for client in clients { Socket.close(client) } }
        for slot in 0...Self.connections {
            var ends: [Int32] = [-1, -1]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
            clients.append(ends[1])
            try #require(reactor.attach(ends[0], to: slot, .incoming) == 0)
        }
        for slot in 0..<Self.connections { driver.logIn(slot, &reactor) }
        let helper = Helper(clients: clients, reactor: pthread_self(), place: place)
        helper.start()
        let limit = Clock.now + .seconds(10)
        while driver.ended.count < Self.connections / 2, Clock.now < limit { reactor.turn(&driver, until: limit) }
        helper.finish()
        #expect(helper.written == Self.connections / 2)
        #expect(driver.ended.allSatisfy { $0 % 2 == 1 })
        #expect(Set(driver.ended).count == Self.connections / 2)
        let judged = try #require(reactor.lateness.heartbeat.max)
        #expect(judged > 0.2, "Nothing stood still.")
    }

    /// Halts the reactor's thread, and beats for every second session while it stands still.
    private final class Helper: @unchecked Sendable {
        private(set) var written = 0
        private let clients: [Int32]
        private let reactor: pthread_t
        private let place: Place
        private let isDone = DispatchSemaphore(value: 0)

        init(clients: [Int32], reactor: pthread_t, place: Place) {
            self.clients = clients
            self.reactor = reactor
            self.place = place
            // The thread that is interrupted stands still in the handler, as a stopped process does in the kernel.
            signal(SIGUSR2) { _ in usleep(StandstillTests.standstill) }
            // Threads of a pool let no signal through.
            var halting = sigset_t()
            sigemptyset(&halting)
            sigaddset(&halting, SIGUSR2)
            pthread_sigmask(SIG_UNBLOCK, &halting, nil)
        }

        func start() {
            Thread { [self] in
                usleep(100_000)
                switch place {
                case .waiting: pthread_kill(reactor, SIGUSR2)
                case .calling: write(clients.count - 1)
                }
                usleep(200_000)
                // Against the order in which deadlines come: what is in the last batch was due first.
                for client in stride(from: clients.count - 3, through: 0, by: -2) where write(client) { written += 1 }
                isDone.signal()
            }.start()
        }

        func finish() { isDone.wait() }

        @discardableResult
        private func write(_ client: Int) -> Bool {
            withUnsafeTemporaryAllocation(byteCount: WireFormat.helloBytes, alignment: 8) { buffer in
                let count = FrameEncoder.encode(.ping(sequence: 1), into: buffer)
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                return Socket.write(clients[client], bytes) == .wrote(count)
            }
        }
    }
}

/// A gateway's side of connections that are logged in, with one slot more whose call takes long.
private struct SupervisingDriver: ReactorDriver {
    private(set) var ended: [Int] = []
    private var connections: [GatewayConnection]
    private let policy: GatewayPolicy
    private let stall: UInt32

    init(connections count: Int, silence: Span, stall: UInt32) {
        policy = GatewayPolicy(idleTimeout: silence)
        connections = Array(repeating: GatewayConnection(acceptedAt: Clock.now, policy: policy), count: count)
        self.stall = stall
    }

    mutating func logIn(_ slot: Int, _ reactor: inout Reactor) {
        act(slot, .loggedIn(session: SessionID(slot), ordinal: 0), Clock.now, &reactor)
    }

    mutating func scheduleReached(intended: Instant, _ reactor: inout Reactor) {}

    func timerKind(of slot: Int) -> TimerKind { .heartbeat }

    mutating func woken(_ reactor: inout Reactor) {}

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        guard case .bytes(let count) = reactor.read(slot) else { return }
        guard slot < connections.count else {
            usleep(stall)
            return
        }
        let bytes = UnsafeRawBufferPointer(rebasing: reactor.buffer[..<count])
        guard case .frame(let frame, _) = FrameDecoder.decode(bytes) else { return }
        act(slot, .received(frame), reactor.now, &reactor)
    }

    mutating func deadlineReached(_ slot: Int, intended: Instant, _ reactor: inout Reactor) {
        act(slot, .deadlineReached, reactor.now, &reactor)
    }

    private mutating func act(_ slot: Int, _ event: GatewayEvent, _ now: Instant, _ reactor: inout Reactor) {
        connections[slot].handle(event, now: now, policy: policy)
        while let action = connections[slot].nextAction() {
            guard case .close = action else { continue }
            ended.append(slot)
            return reactor.close(slot)
        }
        reactor.setDeadline(slot, connections[slot].deadline)
    }
}
