import Foundation
import Glibc
import HoldfastHTTP
import Synchronization
import Testing

@Suite("HTTP by libcurl", .timeLimit(.minutes(1)))
struct HTTPClientTests {
    @Test("A POST carries headers and body, its answer status, body and Retry-After; the connection is kept")
    func post() async throws {
        let server = try ScriptedServer { number, _ in
            number == 0 ? .status(503, headers: ["Retry-After: 7"], body: "busy") : .status(200)
        }
        defer { server.stop() }
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }
        var request = HTTPRequest(url: server.url + "/v1/metrics")
        request.headers = [(name: "Content-Type", value: "application/x-protobuf")]
        request.body = [0, 1, 2, 255]

        let first = await client.post(request)
        let second = await client.post(request)

        #expect(first.outcome == .answered(status: 503))
        #expect(first.retryAfterSeconds == 7)
        #expect(first.body == Array("busy".utf8))
        #expect(first.newConnections == 1)
        #expect(second.outcome == .answered(status: 200))
        #expect(second.retryAfterSeconds == nil)
        #expect(second.newConnections == 0)
        let seen = try #require(server.requests.first)
        #expect(seen.head.hasPrefix("POST /v1/metrics HTTP/1.1\r\n"))
        #expect(seen.head.contains("Content-Type: application/x-protobuf\r\n"))
        #expect(seen.body == [0, 1, 2, 255])
    }

    @Test("A Unix socket carries requests too")
    func unixSocket() async throws {
        let path = NSTemporaryDirectory() + "holdfast-\(UUID().uuidString.prefix(8)).sock"
        let server = try ScriptedServer(at: .unix(path)) { _, _ in .status(200, body: "over a socket") }
        defer {
            server.stop()
            unlink(path)
        }
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }

        let response = await client.get(HTTPRequest(url: "http://localhost/hello", unixSocketPath: path))

        #expect(response.outcome == .answered(status: 200))
        #expect(response.body == Array("over a socket".utf8))
        #expect(server.requests.first?.head.hasPrefix("GET /hello HTTP/1.1\r\n") == true)
    }

    /// One chunk, and then nothing for ever: no bound in time ends it, but whoever listens, or the client's end.
    @Test("An answer without an end is heard as it comes", arguments: [true, false])
    func listen(endsIt: Bool) async throws {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let server = try ScriptedServer { _, _ in .raw(head + "5\r\nhello\r\n") }
        defer { server.stop() }
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }
        var request = HTTPRequest(url: server.url + "/watch")
        request.timeoutMilliseconds = 200
        let (heard, hear) = AsyncStream.makeStream(of: [UInt8].self)
        let (ends, end) = AsyncStream.makeStream(of: HTTPResponse.self)
        client.listen(request) { bytes in
            hear.yield(bytes)
            return !endsIt
        } completion: { response in
            end.yield(response)
        }
        #expect(await heard.first { _ in true } == Array("hello".utf8))
        if !endsIt {
            try await Task.sleep(for: .milliseconds(500))
            client.shutdown()
        }
        let response = try #require(await ends.first { _ in true })
        #expect(response.body.isEmpty)
        guard case .failed(let failure, _) = response.outcome else {
            Issue.record("\(response.outcome)")
            return
        }
        #expect((failure == .stopped) == !endsIt)
    }

    @Test("A body over 1 MiB is sent without asking for permission first")
    func largeBody() async throws {
        let server = try ScriptedServer { _, _ in .status(200) }
        defer { server.stop() }
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }
        var request = HTTPRequest(url: server.url)
        request.body = [UInt8](repeating: 7, count: 3 << 20)

        let response = await client.post(request)

        #expect(response.status == 200)
        let seen = try #require(server.requests.first)
        #expect(!seen.head.lowercased().contains("expect:"))
        #expect(seen.body.count == 3 << 20)
    }

    @Test("What is kept of an answer is bounded; the rest is read and the connection stays usable")
    func boundedAnswer() async throws {
        let server = try ScriptedServer { _, _ in .status(200, body: String(repeating: "x", count: 1_000)) }
        defer { server.stop() }
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }
        var request = HTTPRequest(url: server.url)

        request.responseLimitBytes = 999
        let cut = await client.get(request)
        request.responseLimitBytes = 1_000
        let whole = await client.get(request)

        #expect(cut.body.count == 999)
        #expect(cut.isBodyTruncated)
        #expect(whole.body.count == 1_000)
        #expect(!whole.isBodyTruncated)
        #expect(whole.newConnections == 0)
    }

    @Test("A redirect is an answer, not an order")
    func redirect() async throws {
        let server = try ScriptedServer { _, _ in .status(302, headers: ["Location: /elsewhere"]) }
        defer { server.stop() }
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }

        #expect(await client.get(HTTPRequest(url: server.url)).status == 302)
        #expect(server.requests.count == 1)
    }

    @Test("Nobody listens: unreachable")
    func refused() async throws {
        let server = try ScriptedServer { _, _ in .silence }
        server.stop()
        try await waitUntilRefused(port: server.port)
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }

        let response = await client.get(HTTPRequest(url: server.url))

        #expect(response.failure == .unreachable)
    }

    @Test("A reset is an interruption, silence a timeout")
    func broken() async throws {
        let server = try ScriptedServer { number, _ in number == 0 ? .reset : .silence }
        defer { server.stop() }
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }
        var request = HTTPRequest(url: server.url)
        request.timeoutMilliseconds = 200

        #expect(await client.get(request).failure == .interrupted)
        #expect(await client.get(request).failure == .timeout)
    }

    @Test("A kept connection that the other end closed is replaced without a word")
    func closedWhileIdle() async throws {
        let server = try ScriptedServer { number, _ in number == 0 ? .statusThenClose(200) : .status(200) }
        defer { server.stop() }
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }

        #expect(await client.get(HTTPRequest(url: server.url)).status == 200)
        let second = await client.get(HTTPRequest(url: server.url))

        #expect(second.status == 200)
        #expect(server.requests.map(\.connection) == [0, 1])
    }

    @Test("A POST on a kept connection that dies is sent again by libcurl itself: delivery is at least once")
    func sentTwice() async throws {
        let server = try ScriptedServer { number, _ in number == 1 ? .reset : .status(200) }
        defer { server.stop() }
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }
        var request = HTTPRequest(url: server.url)
        for number in 0..<2 as Range<UInt8> {
            request.body = [number]
            #expect(await client.post(request).status == 200)
        }

        #expect(server.requests.map(\.body) == [[0], [1], [1]])
    }

    @Test("Errands run on the client's thread, in their order, not before their time; none after the end")
    func errands() async throws {
        let client = HTTPClient(name: "errands")
        let order = Mutex<[Int]>([])
        let start = ContinuousClock.now
        await withCheckedContinuation { continuation in
            client.run(afterMilliseconds: 40) {
                order.withLock { $0.append(2) }
                continuation.resume()
            }
            client.run(afterMilliseconds: 20) { order.withLock { $0.append(1) } }
            client.run { order.withLock { $0.append(0) } }
        }
        #expect(order.withLock { $0 } == [0, 1, 2])
        #expect(ContinuousClock.now - start >= .milliseconds(40))

        client.run(afterMilliseconds: 50) { order.withLock { $0.append(3) } }
        client.shutdown()
        client.run { order.withLock { $0.append(4) } }
        try await Task.sleep(for: .milliseconds(100))
        #expect(order.withLock { $0 } == [0, 1, 2])
    }

    @Test(
        "A request that cannot be written down is refused",
        arguments: ["", "not a url at all", "file:///etc/hostname", "http://127.0.0.1:1/\r\nX: y", "ftp://127.0.0.1/"]
    )
    func misconfigured(url: String) async {
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }

        #expect(await client.get(HTTPRequest(url: url)).failure == .misconfigured)
    }

    @Test("A line break in a header is refused")
    func headerInjection() async {
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }
        var request = HTTPRequest(url: "http://127.0.0.1:1/")
        request.headers = [(name: "X", value: "a\r\nY: b")]

        #expect(await client.get(request).failure == .misconfigured)
    }

    @Test("Shutting down halts what waits for an answer, and what comes later")
    func shutdown() async throws {
        let server = try ScriptedServer { _, _ in .silence }
        defer { server.stop() }
        let client = HTTPClient(name: "test")
        async let waiting = client.get(HTTPRequest(url: server.url))
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(1)) }

        client.shutdown()
        client.shutdown()

        #expect(await waiting.failure == .stopped)
        #expect(await client.get(HTTPRequest(url: server.url)).failure == .stopped)
    }

    @Test("A client that is let go ends its thread")
    func letGo() async throws {
        let server = try ScriptedServer { _, _ in .status(200) }
        defer { server.stop() }
        for _ in 0..<20 {
            let client = HTTPClient(name: "brief")
            #expect(await client.get(HTTPRequest(url: server.url)).status == 200)
        }
        while threadNames().contains("http-brief") { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test("Sockets are closed when a child is started")
    func closeOnExec() async throws {
        let server = try ScriptedServer { _, _ in .status(200) }
        defer { server.stop() }
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }
        #expect(await client.get(HTTPRequest(url: server.url)).status == 200)

        let sockets = (0..<256).filter { peerPort(of: $0) == server.port }

        #expect(sockets.count == 1)
        for socket in sockets { #expect(fcntl(socket, F_GETFD) & FD_CLOEXEC != 0) }
    }

    @Test("The proxy of the environment is not used")
    func proxyIgnored() async throws {
        let server = try ScriptedServer { _, _ in .status(200) }
        defer { server.stop() }
        // Set once and left: taking it back would disturb other threads that read the environment.
        setenv("http_proxy", "http://127.0.0.1:1", 1)
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }

        #expect(await client.get(HTTPRequest(url: server.url)).status == 200)
    }

    private func waitUntilRefused(port: UInt16) async throws {
        let client = HTTPClient(name: "probe")
        defer { client.shutdown() }
        var request = HTTPRequest(url: "http://127.0.0.1:\(port)/")
        request.timeoutMilliseconds = 50
        while await client.get(request).failure != .unreachable { try await Task.sleep(for: .milliseconds(5)) }
    }

    private func threadNames() -> [String] {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return tasks.compactMap { try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8) }
            .map { $0.trimmingCharacters(in: .newlines) }
    }

    private func peerPort(of descriptor: Int32) -> UInt16? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
        }
        guard code == 0, Int32(address.sin_family) == AF_INET else { return nil }
        return UInt16(bigEndian: address.sin_port)
    }
}

extension HTTPResponse {
    fileprivate var failure: Failure? {
        if case .failed(let failure, _) = outcome { failure } else { nil }
    }
}
