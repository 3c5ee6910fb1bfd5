import CHoldfastCurl

/// What became of one request.
public struct HTTPResponse: Equatable, Sendable {
    /// Whether somebody answered.
    public enum Outcome: Equatable, Sendable {
        /// A whole answer with this status code, whatever it is.
        case answered(status: Int)
        /// No whole answer, and a line that says why.
        case failed(Failure, message: String)
    }

    /// Why there is no whole answer.
    public enum Failure: String, CaseIterable, Sendable {
        /// The connection broke before the answer was complete.
        case interrupted
        /// Asking again cannot help: bad URL, unknown protocol, certificate not accepted.
        case misconfigured
        /// Anything else that libcurl reports.
        case other
        /// The client was shut down first.
        case stopped
        /// The time was over.
        case timeout
        /// The answer went on beyond every bound.
        case tooLarge = "too-large"
        /// Could not resolve the name, or could not connect.
        case unreachable
    }

    /// Whether somebody answered.
    public var outcome: Outcome
    /// The pause that the answer asked for (`Retry-After`, either form); nil for none.
    public var retryAfterSeconds: Int?
    /// The first `responseLimitBytes` of the answer's body.
    public var body: [UInt8] = []
    /// The body was longer than what was kept.
    public var isBodyTruncated = false
    /// Connections opened for it; 0 when a kept one was used.
    public var newConnections = 0

    /// A response without a body.
    public init(outcome: Outcome, retryAfterSeconds: Int? = nil) {
        self.outcome = outcome
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// The status code; nil when nobody answered.
    public var status: Int? {
        if case .answered(let status) = outcome { status } else { nil }
    }

    init(_ result: holdfast_http_result) {
        let failure = Failure(result.failure)
        let message = String(cString: result.message)
        outcome = failure.map { .failed($0, message: message) } ?? .answered(status: Int(result.status))
        retryAfterSeconds = result.retry_after_seconds > 0 ? Int(result.retry_after_seconds) : nil
        body = Array(UnsafeBufferPointer(start: result.body, count: result.body_length))
        isBodyTruncated = result.body_received > result.body_length
        newConnections = Int(result.new_connections)
    }
}

extension HTTPResponse.Failure {
    fileprivate init?(_ code: Int32) {
        switch UInt32(bitPattern: code) {
        case HOLDFAST_HTTP_ANSWERED.rawValue: return nil
        case HOLDFAST_HTTP_UNREACHABLE.rawValue: self = .unreachable
        case HOLDFAST_HTTP_TIMEOUT.rawValue: self = .timeout
        case HOLDFAST_HTTP_INTERRUPTED.rawValue: self = .interrupted
        case HOLDFAST_HTTP_MISCONFIGURED.rawValue: self = .misconfigured
        case HOLDFAST_HTTP_TOO_LARGE.rawValue: self = .tooLarge
        default: self = .other
        }
    }
}
