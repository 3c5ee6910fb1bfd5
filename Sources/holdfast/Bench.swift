import Foundation
import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastReport
import Synchronization

/// Takes the bench's samples: starts the gateway and each side of each sample in processes of their own.
final class Bench {
    private typealias Part = BenchPartCommand.Part

    let pairs: Int
    let seconds: Double
    let spawner: Spawner
    /// Where parts and other programs put their files.
    let directory: SocketDirectory
    /// The gateway's.
    let port: UInt16
    private let sessions: Int
    private let executable: String
    private let lifeline: HoldfastLab.Lifeline
    private let interruption: BenchInterruption
    private var samples = 0

    /// Connections that log in again and again, and connections that beat: enough to keep a core busy.
    static let connectSessions = 256
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
        let output = nextOutput()
        let gateway = try start(.gateway, Load(sessions: 1, seconds: 1), output: .file(output))
        defer { gateway.kill() }
        try await waitUntilReady(gateway, output, "the gateway does not listen on \(Bench.address):\(port)")
        var figures: [BenchReport.Figure] = []
        for subject in subjects {
            switch subject {
            case .connect: figures += try await connects()
            case .beat: figures += try await beats()
            case .memory: figures += try await memory()
            case .simulation: figures += try await simulation()
            case .codec: figures += try await codec()
            case .balancer: figures += try await balancers(gateway)
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
            peerSamples: bare.compactMap(value),
            command: command
        )
    }

    /// The command that measures a subject as it was measured here.
    func command(_ subject: BenchCommand.Subject) -> String {
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
                let load = Load(sessions: sessions, seconds: seconds ?? self.seconds)
                let sample = try await take(isOwn ? own : bare, load)
                if isOwn { samples.own.append(sample) } else { samples.bare.append(sample) }
            }
        }
        return samples
    }

    private func alone(_ part: BenchPartCommand.Part, sessions: Int) async throws -> [BenchSample] {
        var samples: [BenchSample] = []
        let load = Load(sessions: sessions, seconds: seconds)
        for _ in 0..<pairs { samples.append(try await take(part, load)) }
        return samples
    }

    /// One sample; a machine that stood still for all of it has measured nothing, and is given another chance.
    func take(
        _ part: BenchPartCommand.Part,
        _ load: Load,
        on processors: Processors? = nil
    ) async throws -> BenchSample {
        for _ in 0..<Bench.chances {
            let sample = try await takeOnce(part, load, processors)
            if sample.operations > 0 { return sample }
        }
        throw BenchError("\(part.rawValue) has done nothing in \(load.seconds) s, \(Bench.chances) times")
    }

    private static let chances = 5

    private func takeOnce(
        _ part: BenchPartCommand.Part,
        _ load: Load,
        _ processors: Processors?
    ) async throws -> BenchSample {
        let output = nextOutput()
        let child = try start(part, load, output: .file(output))
        if let processors { try child.pin(to: processors) }
        try interruption.watch(child)
        // A simulation takes as long as it takes.
        let limit = Span.seconds(Int64(load.seconds * 2) + 120)
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

    static let address = dottedQuad(FleetAddressing.gateway(0))

    /// What a part has to do.
    struct Load {
        var sessions: Int
        var seconds: Double
        /// The balancer that connections go through, and its process; nil for straight to the gateway.
        var balancer: (port: UInt16, pid: Int32)?
    }

    func start(_ part: BenchPartCommand.Part, _ load: Load, output: ChildOutput) throws -> ChildProcess {
        let balancer = load.balancer.map { ["--balancer-port", "\($0.port)", "--balancer-pid", "\($0.pid)"] }
        return try spawner.spawn(
            executable: executable,
            arguments: [
                "bench-part", part.rawValue, "--port", "\(port)", "--sessions", "\(load.sessions)", "--seconds",
                "\(load.seconds)",
            ] + (balancer ?? []),
            standardOutput: output,
            standardError: .inherit,
            inherit: lifeline
        )
    }

    /// A file of its own for what a part prints.
    func nextOutput() -> String {
        samples += 1
        return directory.path(of: "part-\(samples)")
    }

    /// Waits until `part` says in its output that it listens, or throws `failure`.
    func waitUntilReady(_ part: ChildProcess, _ output: String, _ failure: String) async throws {
        let deadline = ControlClock.now + .seconds(10)
        while ControlClock.now < deadline, part.isAlive {
            if FileManager.default.contents(atPath: output)?.isEmpty == false { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw BenchError(failure)
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
