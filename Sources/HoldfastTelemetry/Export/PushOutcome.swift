import HoldfastCore
import HoldfastHTTP
import SwiftProtobuf

/// What one answer of a collector means, by the rules of OTLP/HTTP.
struct PushOutcome: Equatable {
    var outcome: ExportMachine.Outcome
    var pointsRejected: UInt64 = 0
    /// One line; nil when all is well.
    var error: String?

    init(_ response: HTTPResponse) {
        switch response.outcome {
        case .failed(.misconfigured, let message):
            outcome = .hopeless
            error = message
        case .failed(let failure, let message):
            outcome = .unavailable(retryAfter: nil)
            error = message.isEmpty ? failure.rawValue : message
        case .answered(let status):
            outcome = Self.outcome(of: status, response)
            if outcome == .delivered { readPartialSuccess(response.body) } else { error = Self.text(status, response) }
        }
    }

    private static func outcome(of status: Int, _ response: HTTPResponse) -> ExportMachine.Outcome {
        switch status {
        case 200..<300: .delivered
        case 429, 502, 503, 504:
            .unavailable(retryAfter: response.retryAfterSeconds.map { Span.seconds(Int64($0)) })
        default: .refused
        }
    }

    /// A partial success is final: what was rejected is not to be sent again.
    private mutating func readPartialSuccess(_ body: [UInt8]) {
        guard !body.isEmpty, let answer = try? OTLPExportMetricsServiceResponse(serializedBytes: body) else { return }
        guard answer.hasPartialSuccess else { return }
        pointsRejected = UInt64(max(0, answer.partialSuccess.rejectedDataPoints))
        if !answer.partialSuccess.errorMessage.isEmpty { error = oneLine(answer.partialSuccess.errorMessage) }
    }

    private static func text(_ status: Int, _ response: HTTPResponse) -> String {
        let body = oneLine(String(decoding: response.body.prefix(512), as: UTF8.self))
        return body.isEmpty ? "HTTP \(status)" : "HTTP \(status): \(body)"
    }
}

private func oneLine(_ text: String) -> String {
    let words = text.split { $0.isWhitespace || $0.asciiValue.map { $0 < 32 } ?? false }
    return words.joined(separator: " ")
}
