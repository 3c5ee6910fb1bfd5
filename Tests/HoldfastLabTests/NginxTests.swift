import Foundation
import Glibc
import HoldfastCore
import Testing

@testable import HoldfastLab

@Suite struct NginxConfigurationTests {
    private let configuration = NginxConfiguration(
        address: "127.2.0.1",
        port: 20_000,
        gatewayAddresses: ["127.1.0.1", "127.1.0.2"],
        gatewayPort: 20_001,
        algorithm: .leastConnections,
        workers: 3,
        connectionsPerWorker: 9948,
        acceptQueue: 4096
    )

    @Test func theWholeText() {
        #expect(
            configuration.text(directory: "/tmp/run") == """
                daemon off;
                load_module /usr/lib/nginx/modules/ngx_stream_module.so;
                worker_processes 3;
                worker_rlimit_nofile 9948;
                pid "/tmp/run/nginx.pid";
                error_log stderr warn;

                events {
                    worker_connections 9948;
                }

                stream {
                    access_log off;
                    upstream gateways {
                        zone gateways 1m;
                        least_conn;
                        server 127.1.0.1:20001 max_fails=1 fail_timeout=1s;
                        server 127.1.0.2:20001 max_fails=1 fail_timeout=1s;
                    }
                    server {
                        listen 127.2.0.1:20000 backlog=4096 reuseport;
                        proxy_pass gateways;
                        proxy_connect_timeout 5000ms;
                        proxy_timeout 24d;
                        proxy_next_upstream on;
                    }
                }

                """
        )
    }

    @Test func whatAPlanMayChange() {
        var configuration = configuration
        configuration.algorithm = .roundRobin
        configuration.sharesCounts = false
        configuration.weights = [5, 1]
        configuration.failTimeout = nil
        configuration.triesNext = false
        let text = configuration.text(directory: "/tmp/run")
        #expect(!text.contains("zone"))
        #expect(text.contains("upstream gateways {\n        server 127.1.0.1:20001 weight=5 max_fails=0;"))
        #expect(text.contains("proxy_next_upstream off;"))
        configuration.failTimeout = .milliseconds(1001)
        #expect(configuration.text(directory: "/tmp/run").contains("fail_timeout=2s"))
    }

    @Test(arguments: [
        (BalancingAlgorithm.roundRobin, nil), (.smoothWeightedRoundRobin, nil), (.leastConnections, "least_conn"),
        (.random, "random"), (.powerOfTwo, "random two least_conn"), (.sourceHash, "hash $remote_addr"),
        (.consistentHash, "hash $remote_addr consistent"),
    ])
    func algorithmsHaveTheirNamesThere(algorithm: BalancingAlgorithm, method: String?) {
        #expect(NginxConfiguration.method(of: algorithm) == method)
    }

    @Test func twoDescriptorsASession() {
        let count = NginxConfiguration.descriptors(sessions: 1_000, workers: 4)
        #expect(NginxConfiguration.descriptors(sessions: 1_001, workers: 4) == count + 2)
        #expect(NginxConfiguration.descriptors(sessions: 1_000, workers: 5) == count + 2)
    }
}

/// Real nginx between callers and two small servers.
@Suite struct NginxTests {
    let directory: TemporaryDirectory
    let janitor: Janitor
    let gatewayAddresses: [String]
    let address: String

    /// Addresses differ from test to test, since tests run side by side.
    init() throws {
        directory = try TemporaryDirectory()
        janitor = try Janitor()
        let block = Int.random(in: 1..<250)
        let row = Int.random(in: 1..<250)
        gatewayAddresses = ["127.13.\(block).\(row)", "127.14.\(block).\(row)"]
        address = "127.15.\(block).\(row)"
    }

    private func configuration(_ algorithm: BalancingAlgorithm, workers: Int = 1) throws -> NginxConfiguration {
        NginxConfiguration(
            address: address,
            port: try FreePort.find(on: [address]),
            gatewayAddresses: gatewayAddresses,
            gatewayPort: try FreePort.find(on: gatewayAddresses),
            algorithm: algorithm,
            workers: workers,
            connectionsPerWorker: 1024,
            acceptQueue: 128
        )
    }

    private func start(_ configuration: NginxConfiguration) async throws -> Nginx {
        try #require(ForeignProgram.nginx.path != nil, "\(ForeignProgramError(.nginx, .missing))")
        return try await Nginx.start(configuration, spawner: Spawner(janitor: janitor), logDirectory: directory.path)
    }

    private func listeners(_ configuration: NginxConfiguration) throws -> [Listener] {
        try gatewayAddresses.map {
            let listener = try Listener(address: $0, port: configuration.gatewayPort)
            listener.serve()
            return listener
        }
    }

    /// Every algorithm that it has is one that it takes.
    @Test(arguments: [
        BalancingAlgorithm.roundRobin, .smoothWeightedRoundRobin, .leastConnections, .random, .powerOfTwo, .sourceHash,
        .consistentHash,
    ])
    func itTakesEveryAlgorithm(algorithm: BalancingAlgorithm) async throws {
        var configuration = try configuration(algorithm)
        configuration.weights = [3, 1]
        let nginx = try await start(configuration)
        try await nginx.waitUntilReady(within: .seconds(10))
        await nginx.stop()
    }

    /// Who is there stays, on a worker that nobody misses when it has gone; who comes finds the new gateway as well.
    @Test func aReloadKeepsConnections() async throws {
        var configuration = try configuration(.leastConnections, workers: 2)
        let listeners = try listeners(configuration)
        configuration.gatewayAddresses = [gatewayAddresses[0]]
        let nginx = try await start(configuration)
        try await nginx.waitUntilReady(within: .seconds(10))
        var old = try (0..<4).map { _ in try Caller(address: address, port: configuration.port) }
        #expect(await eventually { listeners.map(\.greeted) == [4, 0] })
        configuration.gatewayAddresses = gatewayAddresses
        try await nginx.prepare(configuration)
        try await nginx.reload(within: .seconds(10))
        #expect(nginx.trouble == nil)
        let new = try (0..<4).map { _ in try Caller(address: address, port: configuration.port) }
        #expect(await eventually { listeners.map(\.greeted) == [6, 2] })
        #expect(new.count == 4)
        let group = ProcessGroup(id: nginx.process.pid)
        var living: [Int32] { group.members().filter { !$0.isEnded }.map(\.pid) }
        let before = living.count
        old.removeAll()
        #expect(await eventually { living.count < before })
        #expect(nginx.trouble == nil)
        kill(try #require(living.max()), SIGKILL)
        #expect(await eventually { nginx.trouble?.reason == .lostWorker })
        await nginx.stop()
        for listener in listeners { listener.close() }
    }

    @Test func turnsFailureAndStop() async throws {
        let configuration = try configuration(.roundRobin, workers: 2)
        let listeners = try listeners(configuration)
        let nginx = try await start(configuration)
        try await nginx.waitUntilReady(within: .seconds(10))
        #expect(listeners.map(\.greeted) == [0, 0])
        var callers = try (0..<10).map { _ in try Caller(address: address, port: configuration.port) }
        #expect(await eventually { listeners.map(\.greeted) == [5, 5] })

        // Refused by one, it gives the client to the other.
        listeners[1].close()
        callers += try (0..<4).map { _ in try Caller(address: address, port: configuration.port) }
        #expect(await eventually { listeners[0].greeted == 9 })
        callers.removeAll()

        #expect(await nginx.stop() != nil)
        #expect(!nginx.process.isAlive)
        #expect(throws: POSIXError.self) { try Caller(address: address, port: configuration.port) }
        listeners[0].close()
        #expect(janitor.stop() == .clean)
    }

    /// A run's directory is relative to where the program was started, unless somebody says otherwise.
    @Test func aRelativeDirectoryIsOne() async throws {
        try #require(ForeignProgram.nginx.path != nil, "\(ForeignProgramError(.nginx, .missing))")
        let depth = FileManager.default.currentDirectoryPath.split(separator: "/").count
        let relative = String(repeating: "../", count: depth) + directory.path.dropFirst()
        let spawner = Spawner(janitor: janitor)
        let nginx = try await Nginx.start(try configuration(.random), spawner: spawner, logDirectory: relative)
        try await nginx.waitUntilReady(within: .seconds(10))
        #expect(nginx.logPath == "\(directory.path)/nginx.log")
        await nginx.stop()
    }

    @Test func aLostOrStoppedWorkerIsNoticed() async throws {
        let nginx = try await start(try configuration(.random, workers: 2))
        try await nginx.waitUntilReady(within: .seconds(10))
        let balancer = RunningBalancer.nginx(nginx)
        #expect(try balancer.servers().isEmpty)
        let workers = ProcessGroup(id: nginx.process.pid).members().map(\.pid).filter { $0 != nginx.process.pid }
        #expect(workers.count == 2)
        kill(workers[0], SIGSTOP)
        #expect(await eventually { nginx.trouble?.reason == .stopped })
        #expect(throws: ForeignProgramError(.nginx, .stopped)) { try balancer.servers() }
        kill(workers[0], SIGKILL)
        #expect(await eventually { nginx.trouble?.reason == .lostWorker })
        #expect(throws: ForeignProgramError(.nginx, .lostWorker)) { try balancer.servers() }
        await nginx.stop()
    }

    @Test func aTakenPortEndsItWithItsOwnWords() async throws {
        let configuration = try configuration(.random)
        let taken = try Listener(address: address, port: configuration.port)
        defer { taken.close() }
        let error = await #expect(throws: ForeignProgramError.self) {
            try await start(configuration).waitUntilReady(within: .seconds(10))
        }
        #expect(error?.description.contains("Address already in use") == true, "\(String(describing: error))")
    }

    @Test func aConfigurationThatItRefusesIsPassedOn() async throws {
        var configuration = try configuration(.random)
        configuration.gatewayAddresses = ["not an address"]
        let error = await #expect(throws: ForeignProgramError.self) { _ = try await start(configuration) }
        #expect(error?.description.hasPrefix("nginx refuses its configuration: ") == true)
        #expect(error?.description.contains("nginx.conf:") == true, "\(String(describing: error))")
    }

    @Test func withoutItTheDebianPackagesAreNamed() {
        let advice = ForeignProgramError(.nginx, .missing).description
        #expect(advice.contains("install the Debian packages nginx and libnginx-mod-stream"))
    }
}
