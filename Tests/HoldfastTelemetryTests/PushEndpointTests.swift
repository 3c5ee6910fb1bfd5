import HoldfastTelemetry
import Testing

@Suite("Where to push")
struct PushEndpointTests {
    @Test(
        "The path of OTLP is added when there is none",
        arguments: [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/metrics"),
            ("http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/metrics"),
            ("https://collector.example", "https://collector.example/v1/metrics"),
            ("http://[::1]:4318", "http://[::1]:4318/v1/metrics"),
            ("HTTP://localhost:1", "http://localhost:1/v1/metrics"),
            ("http://127.0.0.1:4318/v1/metrics", "http://127.0.0.1:4318/v1/metrics"),
            ("http://localhost:9090/api/v1/otlp/v1/metrics", "http://localhost:9090/api/v1/otlp/v1/metrics"),
            ("http://localhost:65535/x?token=1", "http://localhost:65535/x?token=1"),
        ]
    )
    func accepted(text: String, url: String) throws {
        #expect(try PushEndpoint.url(for: text) == url)
    }

    @Test(
        "What is no URL is refused in one line",
        arguments: [
            "", "localhost:4318", "ftp://localhost", "http://", "http:///v1/metrics", "http://:4318",
            "http://localhost:0",
            "http://localhost:65536", "http://localhost:port", "http://local host",
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: PushEndpoint.Invalid.self) { try PushEndpoint.url(for: text) }
        #expect(error?.description.contains("'\(text)'") == true)
        #expect(error?.description.contains("expected") == true)
    }
}
