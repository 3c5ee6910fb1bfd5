import Foundation
import HoldfastTelemetry

extension ReceivedPoint.Series {
    /// Whether people may call it `text`: the name on the wire, the same with underscores, or Prometheus's name for it.
    func isNamed(_ text: String) -> Bool {
        if text == name || text == underscored(name) { return true }
        guard let kind = InstrumentKind(rawValue: kind) else { return false }
        return text == prometheusMetricName(name, unit: unit, kind: kind)
    }

    /// Whether it has all of these, each named with dots or with underscores.
    func has(_ wanted: [String: String]) -> Bool {
        wanted.allSatisfy { key, value in
            if attributes[key] == value { return true }
            return attributes.contains { underscored($0.key) == key && $0.value == value }
        }
    }

    /// The attributes as JSON with sorted keys: equal attributes are equal text.
    func attributesText() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(attributes), as: UTF8.self)
    }
}
