/// The name that an OTLP metric has in Prometheus, by OpenTelemetry's compatibility rules: everything but letters,
/// digits and colons becomes `_`, the unit's word is appended (braced units have none), a counter ends in `_total`, a
/// gauge of unit 1 in `_ratio`.
public func prometheusMetricName(_ name: String, unit: String, kind: InstrumentKind) -> String {
    var words = underscored(name)
    let suffix = unitWord(unit, kind: kind)
    if !suffix.isEmpty, !words.hasSuffix("_" + suffix) { words += "_" + suffix }
    if kind == .counter, !words.hasSuffix("_total") { words += "_total" }
    return words
}

/// `name` with everything that Prometheus does not allow in a name replaced by `_`.
public func underscored(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ":") ? $0 : "_" })
}

private func unitWord(_ unit: String, kind: InstrumentKind) -> String {
    switch unit {
    case "s": "seconds"
    case "By": "bytes"
    case "1": kind == .gauge ? "ratio" : ""
    default: unit.hasPrefix("{") ? "" : underscored(unit)
    }
}
