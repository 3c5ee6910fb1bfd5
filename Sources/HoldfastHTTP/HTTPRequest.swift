/// One request; a value, so it may be kept and sent again.
public struct HTTPRequest: Sendable {
    /// Absolute, `http:` or `https:`. With `unixSocketPath` the host only fills the `Host` header.
    public var url: String
    /// Connects here instead of to the URL's host; nil for TCP.
    public var unixSocketPath: String?
    /// Header lines in order; neither part may hold a line break or a NUL.
    public var headers: [(name: String, value: String)] = []
    /// Sent with a POST; ignored by a GET.
    public var body: [UInt8] = []
    /// The whole exchange, waiting for a free connection included; milliseconds.
    public var timeoutMilliseconds: Int64 = 10_000
    /// Resolving and connecting; milliseconds.
    public var connectTimeoutMilliseconds: Int64 = 3_000
    /// Bytes of the answer's body that are kept; the rest is read and dropped.
    public var responseLimitBytes = 4 << 20

    /// A request to `url`, through `unixSocketPath` when that is given.
    public init(url: String, unixSocketPath: String? = nil) {
        self.url = url
        self.unixSocketPath = unixSocketPath
    }

    /// What makes the request impossible to write down: a line break or NUL would smuggle in another header.
    var defect: String? {
        let texts = [url, unixSocketPath ?? ""] + headers.flatMap { [$0.name, $0.value] }
        let isBroken = texts.contains { text in text.utf8.contains { $0 == 0 || $0 == 10 || $0 == 13 } }
        return isBroken ? "the URL, the socket path or a header holds a line break or NUL" : nil
    }
}
