/// What HAProxy's `show stat` says about one server, that is one gateway.
public struct HAProxyServer: Equatable, Sendable {
    /// The gateway's id.
    public let gateway: Int
    /// Connections to it at this moment.
    public internal(set) var connections: Int
    /// Connections to it since the start.
    public internal(set) var connectionsTotal: Int
    /// "UP", "DOWN", "UP 1/2", "MAINT", ...
    public let status: String
    /// The last finished health check: "INI" before the first, "L4OK", "L7OK" (the program answered), "L4CON"
    /// (refused), "L4TOUT" (no answer).
    public let check: String

    /// In service by a check that really took place: HAProxy takes every server for "UP" before the first one.
    public var isReady: Bool { status == "UP" && ["L4OK", "L7OK"].contains(check) }
}

/// The answer to `show stat`: comma-separated lines, the first of which names the columns.
enum HAProxyStatistics {
    /// The servers of our proxy by gateway id, or nil when it is not such an answer.
    static func servers(in answer: String) -> [HAProxyServer]? {
        let lines = answer.split(separator: "\n")
        guard let header = lines.first, header.hasPrefix("# ") else { return nil }
        let names = fields(header.dropFirst(2))
        let columns = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
        return lines.dropFirst().compactMap { server(in: fields($0), columns: columns) }
            .sorted { $0.gateway < $1.gateway }
    }

    /// The workers that `show proc` of a master lists: the present one, then those of before.
    static func workers(in answer: String) -> [Int32] {
        answer.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.count > 1 && words[1] == "worker" ? Int32(words[0]) : nil
        }
    }

    private static func server(in row: [Substring], columns: [Substring: Int]) -> HAProxyServer? {
        func value(_ name: Substring) -> Substring? {
            columns[name].flatMap { $0 < row.count ? row[$0] : nil }
        }
        let prefix = HAProxyConfiguration.serverName(0).dropLast()
        guard value("pxname").map(String.init) == HAProxyConfiguration.proxyName,
            let name = value("svname"), name.hasPrefix(prefix),
            let gateway = Int(name.dropFirst(prefix.count)),
            let connections = value("scur").flatMap({ Int($0) }),
            let total = value("stot").flatMap({ Int($0) }),
            let status = value("status"),
            let check = value("check_status")
        else { return nil }
        return HAProxyServer(
            gateway: gateway,
            connections: connections,
            connectionsTotal: total,
            status: String(status),
            // While a check is under way its predecessor's result has "* " in front.
            check: String(check.hasPrefix("* ") ? check.dropFirst(2) : check)
        )
    }

    /// Fields of one line; a comma inside double quotes belongs to its field.
    private static func fields(_ line: Substring) -> [Substring] {
        var isQuoted = false
        return line.split(omittingEmptySubsequences: false) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == "," && !isQuoted
        }
    }
}
