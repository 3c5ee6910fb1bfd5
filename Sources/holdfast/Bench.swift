import Foundation
import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastReport
import Synchronization

/// Takes the bench's samples: starts the gateway and each side of each sample in processes of their own.
final class Bench {
    private typealias Part = BenchPartCommand.Part

    private let pairs: Int
    private let seconds: Double
    private let sessions: Int
    private let executable: String
    private let spawner: Spawner
    private let lifeline: HoldfastLab.Lifeline
    private let directory: SocketDirectory
    private let port: UInt16
    private let interruption: BenchInterruption
    private var samples = 0

    /// Connections that log in again and again, and connections that beat: enough to keep a core busy.
    private static let connectSessions = 256
    private static let beatSessions = 1_000
    private static let simulatedSessions = 100_000

    /// Finds a port and a place for what parts print. Ends with a `BenchError` once `interruption` says so.
    init(pairs: Int, seconds: Double, sessions: Int, interruption: BenchInterruption) throws {
        guard let executable = Executable.current() else {
            throw BenchError("the program does not know its own path; is /proc mounted?")
        }
        self.pairs = pairs
        self.seconds = seconds
        self.sessions = sessions
        self.interruption = interruption
        self.executable = executable
        let janitor = try Janitor()
        spawner = Spawner(janitor: janitor)
        lifeline = try HoldfastLab.Lifeline()
        directory = try SocketDirectory(janitor: janitor)
        port = try FreePort.find(on: [Bench.address])
    }

    /// Measures one subject after the other.
    func measure(_ subjects: [BenchCommand.Subject]) async throws -> BenchReport {
        let gateway = try start(.gateway, sessions: 1, output: .file(readiness))
        defer { gateway.kill() }
        try await waitForGateway(gateway)
        var figures: [BenchReport.Figure] = []
        for subject in subjects {
            switch subject {
            case .connect: figures += try await connects()
            case .beat: figures += try await beats()
            case .memory: figures += try await memory()
            case .simulation: figures += try await simulation()
            case .codec: figures += try await codec()
            }
        }
        return BenchReport(figures: figures)
    }

    // MARK: Subjects

    private func connects() async throws -> [BenchReport.Figure] {
        let (own, bare) = try await inTurn(.connects, .bareConnects, sessions: Bench.connectSessions)
        let command = command(.connect)
        return [
            figure("connect.cpu", "client CPU, connect with login", "seconds", own, bare, command) {
                $0.cpuSecondsPerOperation
            },
            figure("connect.rate", "connects with login", "perSecond", own, bare, command) { $0.rate },
        ]
    }

    private func beats() async throws -> [BenchReport.Figure] {
        let (own, bare) = try await inTurn(.beats, .bareBeats, sessions: Bench.beatSessions)
        let command = command(.beat)
        return [
            figure("beat.cpu", "client CPU, heartbeat round trip", "seconds", own, bare, command) {
                $0.cpuSecondsPerOperation
            },
            figure("beat.rate", "heartbeat round trips", "perSecond", own, bare, command) { $0.rate },
            figure("beat.latenessP99", "lateness of heartbeats, p99", "seconds", own, bare, command) {
                $0.latenessP99Seconds
            },
        ]
    }

    private func memory() async throws -> [BenchReport.Figure] {
        let (own, bare) = try await inTurn(.rest, .bareRest, sessions: sessions, seconds: 60)
        let command = command(.memory)
        return [
            figure("memory.session", "memory, session at rest", "bytes", own, bare, command) { $0.bytesPerSession },
            figure("memory.kernel", "kernel memory, both ends of a connection", "bytes", own, bare, command) {
                $0.kernelBytesPerSession
            },
        ]
    }

    private func simulation() async throws -> [BenchReport.Figure] {
        let samples = try await alone(.simulation, sessions: Bench.simulatedSessions)
        return [
            figure("simulation.rate", "simulated events", "perSecond", samples, [], command(.simulation)) { $0.rate }
        ]
    }

    private func codec() async throws -> [BenchReport.Figure] {
        let command = command(.codec)
        let encoding = try await alone(.encode, sessions: 1)
        let decoding = try await alone(.decode, sessions: 1)
        return [
            figure("codec.encode", "CPU, a ping written", "seconds", encoding, [], command) {
                $0.cpuSecondsPerOperation
            },
            figure("codec.decode", "CPU, a pong read", "seconds", decoding, [], command) { $0.cpuSecondsPerOperation },
        ]
    }

    private func figure(
        _ name: String,
        _ title: String,
        _ unit: String,
        _ own: [BenchSample],
        _ bare: [BenchSample],
        _ command: String,
        _ value: (BenchSample) -> Double?
    ) -> BenchReport.Figure {
        BenchReport.Figure(
            name: name,
            title: title,
            unit: unit,
            holdfast: own.compactMap(value),
            bare: bare.compactMap(value),
            command: command
        )
    }

    /// The command that measures a subject as it was measured here.
    private func command(_ subject: BenchCommand.Subject) -> String {
        var words = "holdfast bench --only \(subject.rawValue) --pairs \(pairs) --seconds \(seconds)"
        if subject == .memory { words = "holdfast bench --only memory --pairs \(pairs) --sessions \(sessions)" }
        return words
    }

    // MARK: Samples

    /// Pairs of samples; who is first changes from pair to pair.
    private func inTurn(
        _ own: BenchPartCommand.Part,
        _ bare: BenchPartCommand.Part,
        sessions: Int,
        seconds: Double? = nil
    ) async throws -> (own: [BenchSample], bare: [BenchSample]) {
        var samples: (own: [BenchSample], bare: [BenchSample]) = ([], [])
        for pair in 0..<pairs {
            for isOwn in pair.isMultiple(of: 2) ? [false, true] : [true, false] {
                let sample = try await take(isOwn ? own : bare, sessions: sessions, seconds: seconds ?? self.seconds)
                if isOwn { samples.own.append(sample) } else { samples.bare.append(sample) }
            }
        }
        return samples
    }

    private func alone(_ part: BenchPartCommand.Part, sessions: Int) async throws -> [BenchSample] {
        var samples: [BenchSample] = []
        for _ in 0..<pairs { samples.append(try await take(part, sessions: sessions, seconds: seconds)) }
        return samples
    }

    /// One sample; a machine that stood still for all of it has measured nothing, and is given another chance.
    private func take(_ part: BenchPartCommand.Part, sessions: Int, seconds: Double) async throws -> BenchSample {
        for _ in 0..<Bench.chances {
            let sample = try await takeOnce(part, sessions: sessions, seconds: seconds)
            if sample.operations > 0 { return sample }
        }
        throw BenchError("\(part.rawValue) has done nothing in \(seconds) s, \(Bench.chances) times")
    }

    private static let chances = 5

    private func takeOnce(_ part: BenchPartCommand.Part, sessions: Int, seconds: Double) async throws -> BenchSample {
        samples += 1
        let output = directory.path(of: "sample-\(samples)")
        let child = try start(part, sessions: sessions, seconds: seconds, output: .file(output))
        try interruption.watch(child)
        // A simulation takes as long as it takes.
        let limit = Span.seconds(Int64(seconds * 2) + 120)
        guard let status = await child.waitForExit(within: limit) else {
            child.kill()
            throw BenchError("\(part.rawValue) did not end within \(limit.seconds) s")
        }
        try interruption.check()
        let printed = FileManager.default.contents(atPath: output) ?? Data()
        guard let sample = try? JSONDecoder().decode(BenchSample.self, from: printed) else {
            throw BenchError("\(part.rawValue) ended with \(status) and without a sample")
        }
        return sample
    }

    // MARK: Processes

    private static let address = dottedQuad(FleetAddressing.gateway(0))

    private func start(
        _ part: BenchPartCommand.Part,
        sessions: Int,
        seconds: Double = 1,
        output: ChildOutput
    ) throws -> ChildProcess {
        try spawner.spawn(
            executable: executable,
            arguments: [
                "bench-part", part.rawValue, "--port", "\(port)", "--sessions", "\(sessions)", "--seconds",
                "\(seconds)",
            ],
            standardOutput: output,
            standardError: .inherit,
            inherit: lifeline
        )
    }

    /// Where the gateway says that it listens.
    private var readiness: String { directory.path(of: "gateway") }

    private func waitForGateway(_ gateway: ChildProcess) async throws {
        let deadline = ControlClock.now + .seconds(10)
        while ControlClock.now < deadline, gateway.isAlive {
            if FileManager.default.contents(atPath: readiness)?.isEmpty == false { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw BenchError("the gateway does not listen on \(Bench.address):\(port)")
    }
}

/// Ends a bench before its time.
final class BenchInterruption: Sendable {
    private let state = Mutex<(signal: String?, child: ChildProcess?)>((nil, nil))

    /// The signal that asked for it; nil for none.
    var signal: String? { state.withLock { $0.signal } }

    /// Asks for the end in the name of a signal, such as `SIGINT`; from any thread.
    func end(signal: String) {
        let child = state.withLock { state in
            state.signal = signal
            return state.child
        }
        child?.kill()
    }

    /// From now on it is `child` that is measured.
    fileprivate func watch(_ child: ChildProcess) throws {
        state.withLock { $0.child = child }
        do {
            try check()
        } catch {
            child.kill()
            throw error
        }
    }

    fileprivate func check() throws {
        if let signal { throw BenchError("the bench was ended by \(signal)") }
    }
}

/// Why the bench could not measure.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
