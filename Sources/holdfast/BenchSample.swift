import Foundation
import HoldfastControl
import HoldfastCore

/// What one process measured for the bench.
struct BenchSample: Codable {
    /// Logins, heartbeats, sessions, events or frames.
    var operations: UInt64
    /// Those of the worker's sessions before it was measured.
    var warmupOperations: UInt64?
    var cpuSeconds: Double
    var wallSeconds: Double
    /// CPU time of the balancer between.
    var watchedCPUSeconds: Double?
    var latenessP99Seconds: Double?
    var bytesPerSession: Double?
    var kernelBytesPerSession: Double?

    /// From one heartbeat of a connection to the next, in both clients.
    static let beatInterval = Span.milliseconds(50)

    /// CPU time of one operation; seconds, or nil without any.
    var cpuSecondsPerOperation: Double? { operations > 0 ? cpuSeconds / Double(operations) : nil }

    /// CPU time of the balancer for one operation; seconds, or nil where it is not known.
    var watchedCPUSecondsPerOperation: Double? {
        watchedCPUSeconds.flatMap { operations > 0 ? $0 / Double(operations) : nil }
    }

    /// Operations a second of wall time.
    var rate: Double? { wallSeconds > 0 ? Double(operations) / wallSeconds : nil }

    // MARK: The codec

    /// Pings written one after the other into the same buffer.
    static func encoding(seconds: Double) -> BenchSample {
        withUnsafeTemporaryAllocation(byteCount: WireFormat.helloBytes, alignment: 8) { buffer in
            repeated(seconds: seconds) { sequence in FrameEncoder.encode(.ping(sequence: sequence), into: buffer) }
        }
    }

    /// The same pong read again and again.
    static func decoding(seconds: Double) -> BenchSample {
        withUnsafeTemporaryAllocation(byteCount: WireFormat.helloBytes, alignment: 8) { buffer in
            let length = FrameEncoder.encode(.pong(sequence: 7, intervalMilliseconds: 0), into: buffer)
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<length])
            return repeated(seconds: seconds) { _ in
                guard case .frame(_, let consumed) = FrameDecoder.decode(bytes) else { return 0 }
                return consumed
            }
        }
    }

    /// Does `body` in thousands until the time is over; what it returns is added up, so that it cannot be left out.
    private static func repeated(seconds: Double, _ body: (UInt32) -> Int) -> BenchSample {
        let start = ContinuousClock.now
        let cpu = AgentUsage.current.cpuSeconds
        var operations: UInt64 = 0
        var bytes = 0
        while ContinuousClock.now - start < .seconds(seconds) {
            for number in 0..<UInt32(1_000) { bytes &+= body(number) }
            operations += 1_000
        }
        precondition(bytes > 0, "The codec has done nothing.")
        return BenchSample(
            operations: operations,
            cpuSeconds: AgentUsage.current.cpuSeconds - cpu,
            wallSeconds: (ContinuousClock.now - start) / .seconds(1)
        )
    }
}

/// What connections cost the kernel, from before the first of them.
struct KernelMemory {
    /// Of its slabs, which hold both ends of a connection over loopback; bytes a connection.
    private(set) var bytesPerConnection: Double?
    private let before = KernelMemory.slabBytes

    /// Measures while `connections` connections are held.
    mutating func measure(connections: Int) {
        guard connections > 0, let before, let now = KernelMemory.slabBytes else { return }
        bytesPerConnection = (now - before) / Double(connections)
    }

    private static var slabBytes: Double? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Slab:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        else { return nil }
        return kibibytes * 1_024
    }
}
