import HoldfastControl
import HoldfastCore
import HoldfastHTTP
import HoldfastServer
import Testing

@testable import HoldfastFleet

/// A registry over HTTP: what gateways and sessions say to it, and what it makes of anything else.
@Suite(.serialized) struct RegistryTests {
    private func serve(_ gateways: Int = 3, _ body: (String, HTTPClient) async throws -> Void) async throws {
        let registry = Registry(gateways: gateways, ttl: .seconds(60))
        let router = RegistryRouter(policy: .leastReported, gateways: gateways, countsOwnPicks: true)
        let service = RoutingService(registry: registry, router: router, routers: 1, candidates: 5)
        let responder = RegistryResponder(desk: RegistryDesk(service, gateways: gateways))
        let server = try await HTTPServer.start(
            responder.router().buildResponder(),
            at: .hostname("127.0.0.1", port: 0)
        )
        let client = HTTPClient(name: "test")
        do {
            try await body("http://127.0.0.1:\(try #require(server.port))", client)
        } catch {
            client.shutdown()
            await server.stop()
            throw error
        }
        client.shutdown()
        await server.stop()
    }

    private func post(_ url: String, _ body: [UInt8], _ client: HTTPClient) async -> HTTPResponse {
        var request = HTTPRequest(url: url)
        request.body = body
        return await client.post(request)
    }

    private func listing(_ url: String, _ client: HTTPClient) async throws -> RegistryListing {
        let answer = await client.get(HTTPRequest(url: url + "/v1/gateways"))
        return try #require(RegistryExchange.decode(RegistryListing.self, answer.body))
    }

    @Test func whoReportsIsListedUntilItLeaves() async throws {
        try await serve { url, client in
            #expect(try await listing(url, client).gateways.isEmpty)
            for (gateway, load) in [(0, 5), (1, 3), (2, 4)] as [(Int, UInt64)] {
                let report = RegistryExchange.encode(LoadReport(load: load))
                #expect(await post("\(url)/v1/gateways/\(gateway)", report, client).status == 200)
            }
            let full = try await listing(url, client)
            #expect(full.gateways.map(\.id) == [0, 1, 2])
            #expect(full.gateways.allSatisfy { $0.ageSeconds.map { $0 >= 0 && $0 < 60 } == true })
            #expect(await post("\(url)/v1/gateways/1/leave", [], client).status == 200)
            let left = try await listing(url, client)
            #expect(left.gateways.map(\.id) == [0, 2])
            #expect(left.version == full.version + 1)
            #expect(!left.isProtected)
        }
    }

    /// Of 5, 3 and 4 the least gets what comes, and each pick counts.
    @Test func attemptsGoToTheLeastReported() async throws {
        try await serve { url, client in
            for (gateway, load) in [(0, 5), (1, 3), (2, 4)] as [(Int, UInt64)] {
                _ = await post("\(url)/v1/gateways/\(gateway)", RegistryExchange.encode(LoadReport(load: load)), client)
            }
            var questions = RouteQuestions()
            for draw in 0..<6 { questions.add(draw: UInt64(draw), avoiding: Avoidance()) }
            questions.add(draw: .max, avoiding: Avoidance(avoided: 0))
            let answer = await post(url + "/v1/route", RegistryExchange.encode(questions), client)
            let answers = try #require(RegistryExchange.decode(RouteAnswers.self, answer.body))
            let picks = (0..<6).map { answers.gateway($0) }
            #expect([0, 1, 2].map { id in picks.count { $0 == id } } == [1, 3, 2])
            #expect(answers.gateway(6) != 0)
        }
    }

    @Test func nobodyReportedIsNoGateway() async throws {
        try await serve { url, client in
            var questions = RouteQuestions()
            questions.add(draw: 1, avoiding: Avoidance())
            let answer = await post(url + "/v1/route", RegistryExchange.encode(questions), client)
            #expect(String(decoding: answer.body, as: UTF8.self) == #"{"gateways":[-1]}"#)
        }
    }

    @Test(arguments: [
        ("/v1/gateways/3", #"{"load":1}"#, 404, "expected a gateway from 0 to 2"),
        ("/v1/gateways/x", #"{"load":1}"#, 404, "expected a gateway from 0 to 2"),
        ("/v1/gateways/9/leave", "", 404, "expected a gateway from 0 to 2"),
        ("/v1/gateways/1", #"{"load":-1}"#, 400, "expected {\"load\": connections}"),
        ("/v1/gateways/1", "load", 400, "expected {\"load\": connections}"),
        ("/v1/route", "{}", 400, "expected draws, avoided and quarantined"),
        ("/v1/route", #"{"draws":[1],"avoided":[],"quarantined":[]}"#, 400, "expected draws, avoided"),
        ("/v1/route", #"{"draws":[-1],"avoided":[-1],"quarantined":[-1]}"#, 400, "expected draws, avoided"),
    ])
    func whatItDoesNotUnderstand(path: String, body: String, status: Int, line: String) async throws {
        try await serve { url, client in
            let answer = await post(url + path, Array(body.utf8), client)
            #expect(answer.status == status)
            #expect(String(decoding: answer.body, as: UTF8.self).hasPrefix(line))
            let listed = try await listing(url, client).gateways
            #expect(listed.isEmpty)
        }
    }
}
