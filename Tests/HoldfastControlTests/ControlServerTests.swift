import HoldfastCore
import HoldfastHTTP
import HoldfastResult
import Testing

@testable import HoldfastControl

@Suite(.timeLimit(.minutes(1))) struct ControlServerTests {
    static let agent = AgentID(role: .worker, index: 0)

    private func withServer(
        messageLimit: Int = ControlLimits.message,
        _ body: (TestCoordinator, String, HTTPClient) async throws -> Void
    ) async throws {
        try await withSocket { path in
            let coordinator = TestCoordinator([Self.agent])
            let server = ControlServer(socketPath: path, handler: coordinator, messageLimit: messageLimit)
            try await server.start()
            let client = HTTPClient(name: "test")
            defer { client.shutdown() }
            try await body(coordinator, path, client)
            await server.stop()
        }
    }

    private func post(_ client: HTTPClient, _ path: String, _ route: String, _ body: [UInt8]) async -> HTTPResponse {
        var request = HTTPRequest(url: "http://coordinator\(route)", unixSocketPath: path)
        request.body = body
        return await client.post(request)
    }

    private func report(_ sequence: UInt64) -> AgentReport {
        let harness = HarnessReport()
        return AgentReport(agent: Self.agent, incarnation: 0, sequence: sequence, stage: .joined, harness: harness)
    }

    @Test func repeatedAndLateReportsChangeNothing() async throws {
        try await withServer { coordinator, path, client in
            for (sequence, newest): (UInt64, UInt64) in [(2, 2), (2, 2), (1, 2), (3, 3), (1, 3)] {
                let answer = await post(client, path, "/v1/exchange", try ControlCodec.encode(report(sequence)))
                #expect(answer.status == 200)
                #expect(try ControlCodec.decodeOrders(answer.body).acknowledged == newest)
            }
            #expect(await coordinator.arrivals.map(\.sequence) == [2, 2, 1, 3, 1])
            #expect(await coordinator.accepted[Self.agent]?.map(\.sequence) == [2, 3])
        }
    }

    @Test func wrongRequestsGetOneLine() async throws {
        try await withServer(messageLimit: 1000) { coordinator, path, client in
            let tooLong = [UInt8](repeating: 0, count: 1001)
            let expected: [(String, [UInt8], Int, String)] = [
                ("/v1/join", [0xFF, 1, 2], 400, "not a control message"),
                ("/v1/exchange", [0x0A], 400, "not a control message"),
                ("/v1/exchange", [0x20, 9], 400, "report.stage is 9, which has no meaning"),
                ("/v1/leave", [], 404, "unknown path; expected /v1/join or /v1/exchange"),
                ("/v1/join", tooLong, 413, "at most 1000 bytes are allowed"),
            ]
            for (route, body, status, line) in expected {
                let answer = await post(client, path, route, body)
                #expect(answer.status == status, "\(route)")
                #expect(String(decoding: answer.body, as: UTF8.self).hasPrefix(line))
            }
            let get = await client.get(HTTPRequest(url: "http://coordinator/v1/join", unixSocketPath: path))
            #expect(get.status == 405)
            #expect(await coordinator.arrivals.isEmpty)
        }
    }

    @Test func startFailsWithOneLine() async throws {
        let path = "/nowhere/at/all/control"
        let server = ControlServer(socketPath: path, handler: TestCoordinator([]))
        let error = await #expect(throws: ControlServerError.self) { try await server.start() }
        #expect(error?.description.hasPrefix("cannot listen on the control socket \(path): ") == true)
        let long = "/tmp/" + String(repeating: "x", count: 103)
        await #expect(throws: ControlServerError.socketPathTooLong(long, limit: 107)) {
            try await ControlServer(socketPath: long, handler: TestCoordinator([])).start()
        }
    }

    @Test func stopsWithConnectionsOpenAndServesAgain() async throws {
        try await withSocket { path in
            let client = HTTPClient(name: "test")
            defer { client.shutdown() }
            for round in 1...2 {
                let coordinator = TestCoordinator([Self.agent])
                let server = ControlServer(socketPath: path, handler: coordinator)
                try await server.start()
                let body = try ControlCodec.encode(report(UInt64(round)))
                #expect(await post(client, path, "/v1/exchange", body).status == 200)
                await server.stop()
                await server.stop()
                #expect(await post(client, path, "/v1/exchange", body).status == nil)
            }
        }
    }
}
