import ArgumentParser
import CHoldfastBare
import Foundation
import HoldfastControl
import HoldfastCore
import HoldfastFleet
import HoldfastPlan
import HoldfastReactor
import HoldfastSimulation
import HoldfastWorker

/// `holdfast bench-part`: one side of one sample, in a process of its own; `holdfast bench` starts it.
struct BenchPartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-part",
        abstract: "Measure one side of one sample of the bench (started by `holdfast bench`).",
        shouldDisplay: false
    )

    /// What is measured.
    enum Part: String, ExpressibleByArgument, CaseIterable {
        case gateway
        case bareConnects = "bare-connects"
        case connects
        case bareBeats = "bare-beats"
        case beats
        case bareRest = "bare-rest"
        case rest
        case simulation
        case encode
        case decode
        case balancer
        case proxiedConnects = "proxied-connects"
        case proxiedBursts = "proxied-bursts"
    }

    @Argument
    var part: Part

    @Option(help: "The gateway's port.")
    var port: UInt16 = 0

    @Option(help: "Connections at once.")
    var sessions: Int = 1

    @Option(help: "The balancer's port; 0 for none.")
    var balancerPort: UInt16 = 0

    @Option(help: "The balancer's process, whose CPU time is measured.")
    var balancerPid: Int32 = 0

    @Option(help: "How long to measure.")
    var seconds: Double = 1

    func run() throws {
        _ = try? Lifeline.watchInherited()
        do {
            let sample = try measure()
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            try StandardStream.print(try encoder.encode(sample) + Data("\n".utf8))
        } catch {
            throw Complaint.print("bench-part \(part.rawValue): \(error)", .couldNotStart)
        }
    }

    private func measure() throws -> BenchSample {
        switch part {
        case .gateway:
            let code = holdfast_bare_gateway(FleetAddressing.gateway(0), port) {
                BenchPartCommand.sayReady()
            }
            throw BenchFailure(what: "the gateway", code: code)
        case .balancer:
            try BalancerBench.serve(
                port: balancerPort,
                gatewayPort: port,
                sessions: sessions,
                listening: Self.sayReady
            )
            throw BenchFailure(what: "the balancer", code: 0)
        case .bareConnects, .proxiedConnects:
            return try sample(withUnsafePointer(to: load, holdfast_bare_connects), "connects")
        case .proxiedBursts: return try sample(withUnsafePointer(to: load, holdfast_bare_bursts), "bursts")
        case .bareBeats: return try sample(withUnsafePointer(to: load, holdfast_bare_beats), "heartbeats")
        case .bareRest: return try bareRest()
        case .connects: return try worker(.connects)
        case .beats: return try worker(.beats(interval: BenchSample.beatInterval))
        case .rest: return try workerRest()
        case .simulation: return try simulate()
        case .encode: return BenchSample.encoding(seconds: seconds)
        case .decode: return BenchSample.decoding(seconds: seconds)
        }
    }

    private static func sayReady() { _ = StandardStream.write("ready\n".utf8, to: STDOUT_FILENO) }

    // MARK: The bare client

    private var load: holdfast_bare_load {
        holdfast_bare_load(
            gateway_address: balancerPort > 0 ? FleetAddressing.balancer : FleetAddressing.gateway(0),
            gateway_port: balancerPort > 0 ? balancerPort : port,
            // Where sessions have theirs.
            first_source: SourceAddressing.base + 1,
            first_port: SourceAddressing.firstPort,
            ports: 20_000,
            connections: Int32(sessions),
            interval: BenchSample.beatInterval.nanoseconds,
            duration: Int64(seconds * 1e9),
            watched: balancerPid
        )
    }

    private func sample(_ outcome: holdfast_bare_outcome, _ what: String) throws -> BenchSample {
        guard outcome.error == 0 else { throw BenchFailure(what: "the bare client's \(what)", code: outcome.error) }
        return BenchSample(
            operations: outcome.operations,
            cpuSeconds: Double(outcome.cpu) / 1e9,
            wallSeconds: Double(outcome.wall) / 1e9,
            watchedCPUSeconds: outcome.watched_cpu > 0 ? Double(outcome.watched_cpu) / 1e9 : nil,
            latenessP99Seconds: outcome.lateness_p99 > 0 ? Double(outcome.lateness_p99) / 1e9 : nil
        )
    }

    private func bareRest() throws -> BenchSample {
        _ = Host.raiseDescriptorLimit()
        var memory = (own: SessionMemory(), kernel: KernelMemory())
        let outcome = withUnsafeMutablePointer(to: &memory) { memory in
            withUnsafePointer(to: load) { load in
                holdfast_bare_rest(
                    load,
                    { count, memory in
                        guard let memory = memory?.assumingMemoryBound(to: (SessionMemory, KernelMemory).self) else {
                            return
                        }
                        memory.pointee.0.measure(sessions: Int(count))
                        memory.pointee.1.measure(connections: Int(count))
                    },
                    memory
                )
            }
        }
        var sample = try sample(outcome, "connections")
        sample.bytesPerSession = memory.own.bytesPerSession
        sample.kernelBytesPerSession = memory.kernel.bytesPerConnection
        return sample
    }

    // MARK: The worker

    private func worker(_ load: WorkerBench.Load, atRest: () -> Void = {}) throws -> BenchSample {
        let own = try WorkerBench.run(load, sessions: sessions, seconds: seconds, gatewayPort: port, atRest: atRest)
        return BenchSample(
            operations: own.operations,
            warmupOperations: own.warmupOperations,
            cpuSeconds: own.cpuSeconds,
            wallSeconds: own.wallSeconds,
            latenessP99Seconds: own.latenessP99Seconds,
            bytesPerSession: own.bytesPerSession
        )
    }

    private func workerRest() throws -> BenchSample {
        var memory = KernelMemory()
        var sample = try worker(.rest) { memory.measure(connections: sessions) }
        sample.kernelBytesPerSession = memory.bytesPerConnection
        return sample
    }

    private func simulate() throws -> BenchSample {
        let text = """
            name: bench
            sessions: \(sessions)
            target: { gateways: 100, via: embedded, algorithm: round-robin }
            heartbeat: { interval: 300s }
            reconnect: { policy: exponential, base: 1s, jitter: full }
            churn: { lifetime: { mean: 30m } }
            establish: { rate: 20000/s, timeout: 120s }
            duration: 1h
            """
        let plan = try PlanReader.read(text: text, file: "bench.yaml", catalogue: nil).plan
        let before = AgentUsage.current.cpuSeconds
        let start = ContinuousClock.now
        let events = Simulation(plan: plan).run().events
        let wall = ContinuousClock.now - start
        return BenchSample(
            operations: events,
            cpuSeconds: AgentUsage.current.cpuSeconds - before,
            wallSeconds: wall / .seconds(1)
        )
    }
}

/// A part that could not be measured.
private struct BenchFailure: Error, CustomStringConvertible {
    let what: String
    let code: Int32

    var description: String { "\(what) failed: \(String(cString: strerror(code)))" }
}
