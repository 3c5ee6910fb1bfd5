import Foundation
import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastPlan
import HoldfastReport

/// What our own balancer carries beside HAProxy, each alone on the same processor; clients and gateway have the others.
extension Bench {
    private static let burstSessions = 64
    private static let balancerAddress = dottedQuad(FleetAddressing.balancer)

    func balancers(_ gateway: ChildProcess) async throws -> [BenchReport.Figure] {
        guard let processors = Processors.available.divided else { throw BenchError(Bench.tooFewProcessors) }
        try gateway.pin(to: processors.others)
        defer { try? gateway.pin(to: Processors.available) }
        let connects = try await inTurn(.proxiedConnects, sessions: Bench.connectSessions, processors)
        let bursts = try await inTurn(.proxiedBursts, sessions: Bench.burstSessions, processors)
        return [
            figure("balancer.connectRate", "connects with login", "perSecond", connects) { $0.rate },
            figure("balancer.connectCPU", "balancer CPU, connect with login", "seconds", connects) {
                $0.watchedCPUSecondsPerOperation
            },
            figure("balancer.bytesRate", "bytes of small bursts", "bytesPerSecond", bursts) {
                $0.rate.map { $0 * Double(WireFormat.pingBytes + WireFormat.pongBytes) }
            },
            figure("balancer.burstCPU", "balancer CPU, a ping and its pong in a burst", "seconds", bursts) {
                $0.watchedCPUSecondsPerOperation
            },
        ]
    }

    /// What keeps balancers from being measured here; nil if nothing does.
    static var whyWithoutBalancers: String? {
        if Processors.available.divided == nil { return tooFewProcessors }
        return ForeignProgram.haproxy.path == nil ? "\(ForeignProgramError(.haproxy, .missing))" : nil
    }

    private static let tooFewProcessors = "a balancer has a processor of its own, and there is only one"

    private typealias Division = (last: Processors, others: Processors)

    private func figure(
        _ name: String,
        _ title: String,
        _ unit: String,
        _ samples: (own: [BenchSample], other: [BenchSample]),
        _ value: (BenchSample) -> Double?
    ) -> BenchReport.Figure {
        BenchReport.Figure(
            name: name,
            title: title,
            unit: unit,
            holdfast: samples.own.compactMap(value),
            peer: ForeignProgram.haproxy.name,
            peerSamples: samples.other.compactMap(value),
            command: command(.balancer)
        )
    }

    /// Pairs of samples; who is first changes from pair to pair.
    private func inTurn(
        _ part: BenchPartCommand.Part,
        sessions: Int,
        _ processors: Division
    ) async throws -> (own: [BenchSample], other: [BenchSample]) {
        var samples: (own: [BenchSample], other: [BenchSample]) = ([], [])
        for pair in 0..<pairs {
            for isOwn in pair.isMultiple(of: 2) ? [false, true] : [true, false] {
                let port = try FreePort.find(on: [Bench.balancerAddress])
                let balancer = isOwn ? try await own(port) : try await haproxy(port)
                defer { balancer.kill() }
                try balancer.pin(to: processors.last)
                let load = Load(sessions: sessions, seconds: seconds, balancer: (port, balancer.pid))
                let sample = try await take(part, load, on: processors.others)
                if isOwn { samples.own.append(sample) } else { samples.other.append(sample) }
            }
        }
        return samples
    }

    private func own(_ port: UInt16) async throws -> ChildProcess {
        let output = nextOutput()
        let load = Load(sessions: Bench.connectSessions, seconds: 1, balancer: (port, 0))
        let balancer = try start(.balancer, load, output: .file(output))
        try await waitUntilReady(balancer, output, "the balancer does not listen on \(Bench.balancerAddress):\(port)")
        return balancer
    }

    private func haproxy(_ port: UInt16) async throws -> ChildProcess {
        let limits = SystemLimits.current()
        let configuration = HAProxyConfiguration(
            address: Bench.balancerAddress,
            port: port,
            gatewayAddresses: [Bench.address],
            gatewayPort: self.port,
            algorithm: .roundRobin,
            maximumConnections: HAProxyConfiguration.maximumConnections(
                descriptorLimit: limits.descriptorsHard,
                servers: 1
            ),
            acceptQueue: limits.acceptQueue,
            check: CheckSettings(interval: .seconds(1), fall: 1, rise: 1)
        )
        let haproxy = try await HAProxy.start(
            configuration,
            spawner: spawner,
            socketDirectory: directory.path,
            logDirectory: directory.path
        )
        try await haproxy.waitUntilReady(within: .seconds(10))
        return haproxy.process
    }
}
