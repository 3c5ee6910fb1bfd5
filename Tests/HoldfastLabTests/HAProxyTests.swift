import Foundation
import Glibc
import HoldfastCore
import Testing

@testable import HoldfastLab

@Suite struct HAProxyConfigurationTests {
    private let configuration = HAProxyConfiguration(
        address: "127.2.0.1",
        port: 20_000,
        gatewayAddresses: ["127.1.0.1", "127.1.0.2"],
        gatewayPort: 20_001,
        algorithm: .roundRobin,
        maximumConnections: 9948,
        acceptQueue: 4096
    )

    @Test func theWholeText() {
        #expect(
            configuration.text(statisticsSocket: "/tmp/holdfast-1/haproxy.sock") == """
                global
                    maxconn 9948
                    nbthread 1
                    stats socket /tmp/holdfast-1/haproxy.sock mode 600 level user

                defaults
                    mode tcp
                    maxconn 9948
                    backlog 4096
                    retries 3
                    option redispatch 1
                    timeout connect 5000ms
                    timeout client 24d
                    timeout server 24d
                    timeout tunnel 24d

                listen holdfast
                    bind 127.2.0.1:20000
                    balance roundrobin
                    server gateway-0 127.1.0.1:20001 check inter 100ms fall 1 rise 1
                    server gateway-1 127.1.0.2:20001 check inter 100ms fall 1 rise 1

                """
        )
    }

    @Test(arguments: [
        (BalancingAlgorithm.roundRobin, "roundrobin"), (.leastConnections, "leastconn"), (.random, "random(1)"),
    ])
    func algorithmsHaveTheirNamesThere(algorithm: BalancingAlgorithm, name: String) {
        var configuration = configuration
        configuration.algorithm = algorithm
        let text = configuration.text(statisticsSocket: "/s")
        #expect(text.contains("\n    balance \(name)\n"))
        #expect(text.contains("weight 256") == (algorithm == .random))
    }

    /// What stands between the algorithm and the first server, and what the servers' lines say of weights and limits.
    @Test(arguments: [
        (BalancingAlgorithm.consistentHash, [], "source\n    hash-type consistent", [" weight 256", " weight 256"]),
        (.consistentHash, [1, 4], "source\n    hash-type consistent", [" weight 64", " weight 256"]),
        (
            .boundedLoad, [3, 1], "source\n    hash-type consistent\n    hash-balance-factor 150",
            [" weight 256", " weight 85"]
        ),
        (.first, [], "first", [" maxconn 700", " maxconn 700"]),
        (.leastConnections, [1, 4], "leastconn", [" weight 1", " weight 4"]),
        (.random, [256, 1], "random(1)", [" weight 256", " weight 1"]),
    ])
    func weightsAndLimits(algorithm: BalancingAlgorithm, weights: [Int], balance: String, limits: [String]) {
        var configuration = configuration
        configuration.algorithm = algorithm
        configuration.weights = weights
        configuration.capacity = 700
        configuration.boundedLoad = 1.5
        let text = configuration.text(statisticsSocket: "/s")
        #expect(text.contains("\n    balance \(balance)\n    server gateway-0 "))
        for (number, limit) in zip(1..., limits) {
            #expect(text.contains(" 127.1.0.\(number):20001\(limit) check "))
        }
    }

    @Test func pathsKeepTheirSpecialCharacters() {
        let text = configuration.text(statisticsSocket: "/tmp/a b#c\"$d/s")
        #expect(text.contains("stats socket /tmp/a\\ b\\#c\\\"\\$d/s mode 600"))
    }

    @Test(arguments: [(20_000, 2, 9_948), (1024, 10, 452), (100, 0, 0), (10, 4, 0)])
    func twoDescriptorsAConnection(limit: Int, servers: Int, expected: Int) {
        #expect(HAProxyConfiguration.maximumConnections(descriptorLimit: limit, servers: servers) == expected)
    }
}

@Suite struct HAProxyStatisticsTests {
    private let header = "# pxname,svname,qcur,qmax,scur,smax,slim,stot,status,check_status,last_chk,\n"

    @Test func serversInOrderWithTheirColumns() {
        let answer =
            header + "holdfast,FRONTEND,,,5,9,100,12,OPEN,,,\n" + "holdfast,gateway-10,0,0,2,3,,7,DOWN,L4CON,,\n"
            + "holdfast,gateway-9,0,0,3,6,,5,UP,* L4OK,\"a, b\",\n" + "holdfast,BACKEND,0,0,5,9,10,12,UP,,,\n"
            + "other,gateway-1,0,0,3,6,,5,UP,L4OK,,\n\n"
        let expected = [
            HAProxyServer(gateway: 9, connections: 3, connectionsTotal: 5, status: "UP", check: "L4OK"),
            HAProxyServer(gateway: 10, connections: 2, connectionsTotal: 7, status: "DOWN", check: "L4CON"),
        ]
        #expect(HAProxyStatistics.servers(in: answer) == expected)
        #expect(expected.map(\.isReady) == [true, false])
    }

    @Test func beforeTheFirstCheckNobodyIsReady() {
        let server = HAProxyServer(gateway: 0, connections: 0, connectionsTotal: 0, status: "UP", check: "INI")
        #expect(!server.isReady)
    }

    @Test(arguments: ["", "Unknown command\n", "Permission denied\n"])
    func otherAnswersAreNotStatistics(answer: String) {
        #expect(HAProxyStatistics.servers(in: answer) == nil)
    }

    @Test func quotedCommasBelongToTheirField() {
        let answer =
            "# pxname,last,svname,scur,stot,status,check_status\n" + "holdfast,\"a, b\",gateway-0,1,2,UP,L4OK\n"
        #expect(HAProxyStatistics.servers(in: answer)?.first?.connections == 1)
    }
}

/// Real HAProxy between callers and two small servers.
@Suite struct HAProxyTests {
    let directory: TemporaryDirectory
    let janitor: Janitor
    let sockets: SocketDirectory
    let gatewayAddresses: [String]
    let address: String

    /// Addresses differ from test to test, since tests run side by side.
    init() throws {
        directory = try TemporaryDirectory()
        janitor = try Janitor()
        sockets = try SocketDirectory(janitor: janitor)
        let block = Int.random(in: 1..<250)
        let row = Int.random(in: 1..<250)
        gatewayAddresses = ["127.10.\(block).\(row)", "127.11.\(block).\(row)"]
        address = "127.12.\(block).\(row)"
    }

    private func configuration(_ algorithm: BalancingAlgorithm) throws -> HAProxyConfiguration {
        let limits = SystemLimits.current()
        return HAProxyConfiguration(
            address: address,
            port: try FreePort.find(on: [address]),
            gatewayAddresses: gatewayAddresses,
            gatewayPort: try FreePort.find(on: gatewayAddresses),
            algorithm: algorithm,
            maximumConnections: HAProxyConfiguration.maximumConnections(
                descriptorLimit: limits.descriptorsHard,
                servers: gatewayAddresses.count
            ),
            acceptQueue: limits.acceptQueue
        )
    }

    private func start(_ configuration: HAProxyConfiguration, canReload: Bool = false) async throws -> HAProxy {
        try #require(Executable.find("haproxy") != nil, "\(ForeignProgramError(.haproxy, .missing))")
        return try await HAProxy.start(
            configuration,
            canReload: canReload,
            spawner: Spawner(janitor: janitor),
            socketDirectory: sockets.path,
            logDirectory: directory.path
        )
    }

    private func listeners(_ configuration: HAProxyConfiguration) throws -> [Listener] {
        try gatewayAddresses.map {
            let listener = try Listener(address: $0, port: configuration.gatewayPort)
            listener.serve()
            return listener
        }
    }

    /// 3 and 3, and a new worker that knows of none of them: by least connections the next go 2 and 2, though one of
    /// the two has one less. All workers together know better.
    @Test func aReloadForgetsCountsAndKeepsConnections() async throws {
        let configuration = try configuration(.leastConnections)
        let listeners = try listeners(configuration)
        let proxy = try await start(configuration, canReload: true)
        try await proxy.waitUntilReady(within: .seconds(10))
        var callers = try (0..<6).map { _ in try Caller(address: address, port: configuration.port) }
        #expect(try await eventually { try proxy.servers().map(\.connections) == [3, 3] })
        try await proxy.reload(within: .seconds(10))
        #expect(try proxy.servers().map(\.connections) == [3, 3])
        callers.removeFirst()
        #expect(try await eventually { try proxy.servers().map(\.connections).reduce(0, +) == 5 })
        let before = listeners.map(\.greeted)
        callers += try (0..<4).map { _ in try Caller(address: address, port: configuration.port) }
        #expect(await eventually { zip(listeners, before).allSatisfy { $0.greeted == $1 + 2 } })
        #expect(try proxy.servers().map(\.connectionsTotal) == [5, 5])
        callers.removeAll()
        #expect(try await eventually { try proxy.servers().map(\.connections) == [0, 0] })
        #expect(try proxy.servers().map(\.connectionsTotal) == [5, 5])
        #expect(await proxy.stop() != nil)
        for listener in listeners { listener.close() }
        #expect(janitor.stop() == .clean)
    }

    /// Its check would find out two seconds later, and until then every second client would be sent there.
    @Test func aReloadKnowsWhoIsOut() async throws {
        var configuration = try configuration(.leastConnections)
        configuration.check = CheckSettings(interval: .seconds(2), fall: 1, rise: 1)
        let listeners = try listeners(configuration)
        let proxy = try await start(configuration, canReload: true)
        try await proxy.waitUntilReady(within: .seconds(10))
        listeners[1].close()
        #expect(try await eventually { try proxy.servers().map(\.status) == ["UP", "DOWN"] })
        try await proxy.reload(within: .seconds(10))
        #expect(try proxy.servers().map(\.status) == ["UP", "DOWN"])
        let callers = try (0..<4).map { _ in try Caller(address: address, port: configuration.port) }
        #expect(await eventually { listeners[0].greeted == 4 })
        #expect(callers.count == 4)
        #expect(await proxy.stop() != nil)
        listeners[0].close()
        #expect(janitor.stop() == .clean)
    }

    @Test func readinessCountsAndStop() async throws {
        let configuration = try configuration(.roundRobin)
        let listeners = try listeners(configuration)
        let proxy = try await start(configuration)
        try await proxy.waitUntilReady(within: .seconds(10))
        #expect(try proxy.servers().map(\.connectionsTotal) == [0, 0])
        #expect(ProcessEntry(pid: proxy.process.pid)?.group == proxy.process.pid)

        var callers = try (0..<10).map { _ in try Caller(address: address, port: configuration.port) }
        #expect(await eventually { listeners.map(\.greeted) == [5, 5] })
        #expect(try await eventually { try proxy.servers().map(\.connections) == [5, 5] })
        callers.removeAll()
        #expect(try await eventually { try proxy.servers().map(\.connections) == [0, 0] })

        listeners[1].close()
        #expect(try await eventually { try proxy.servers().map(\.status) == ["UP", "DOWN"] })
        callers = try (0..<4).map { _ in try Caller(address: address, port: configuration.port) }
        #expect(await eventually { listeners[0].greeted == 9 })

        #expect(await proxy.stop() != nil)
        #expect(!proxy.process.isAlive)
        #expect(throws: POSIXError.self) { try Caller(address: address, port: configuration.port) }
        listeners[0].close()
        #expect(janitor.stop() == .clean)
        #expect(!FileManager.default.fileExists(atPath: sockets.path))
    }

    @Test func gatewaysThatDoNotListenAreNamed() async throws {
        let proxy = try await start(try configuration(.leastConnections))
        let error = await #expect(throws: ForeignProgramError.self) {
            try await proxy.waitUntilReady(within: .milliseconds(700))
        }
        guard case .notReady(let gateways, let message) = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(gateways == [0, 1])
        #expect(message.contains("0 is DOWN (L4CON)"))
        await proxy.stop()
    }

    @Test func aTakenPortEndsItWithItsOwnWords() async throws {
        let configuration = try configuration(.random)
        let taken = try Listener(address: address, port: configuration.port)
        defer { taken.close() }
        let proxy = try await start(configuration)
        let error = await #expect(throws: ForeignProgramError.self) {
            try await proxy.waitUntilReady(within: .seconds(10))
        }
        #expect(error?.description.contains("HAProxy has ended with exit code 1") == true)
        #expect(error?.description.contains("Address already in use") == true, "\(String(describing: error))")
    }

    @Test func aConfigurationThatItRefusesIsPassedOn() async throws {
        var configuration = try configuration(.random)
        configuration.gatewayAddresses = ["not an address"]
        let error = await #expect(throws: ForeignProgramError.self) { _ = try await start(configuration) }
        #expect(error?.description.hasPrefix("HAProxy refuses its configuration: ") == true)
        #expect(error?.description.contains("haproxy.cfg:") == true, "\(String(describing: error))")
    }

    @Test func itsEndIsNoticed() async throws {
        let configuration = try configuration(.roundRobin)
        let listeners = try listeners(configuration)
        defer { listeners.forEach { $0.close() } }
        let proxy = try await start(configuration)
        try await proxy.waitUntilReady(within: .seconds(10))
        kill(proxy.process.pid, SIGKILL)
        #expect(await proxy.process.waitForExit(within: .seconds(5)) == .signal(SIGKILL))
        #expect(throws: ForeignProgramError.self) { try proxy.servers() }
        let error = await #expect(throws: ForeignProgramError.self) {
            try await proxy.waitUntilReady(within: .seconds(1))
        }
        guard case .ended(.signal(SIGKILL), _) = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func withoutItTheDebianPackageIsNamed() {
        #expect(ForeignProgramError(.haproxy, .missing).description.contains("install the Debian package haproxy"))
    }
}
