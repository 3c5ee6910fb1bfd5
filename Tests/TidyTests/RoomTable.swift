/// What each room may import: imports point down only.
enum RoomTable {
    /// The rooms that a room names in its dependencies; theirs come with them.
    static let rooms: [String: Set<String>] = [
        "holdfast": [
            "HoldfastReport", "HoldfastCoordinator", "HoldfastSimulation", "HoldfastWorker", "HoldfastFleet",
        ],
        "HoldfastReport": ["HoldfastResult"],
        "HoldfastSimulation": ["HoldfastResult"],
        "HoldfastCoordinator": ["HoldfastResult", "HoldfastControl", "HoldfastLab", "HoldfastCollector"],
        "HoldfastCollector": ["HoldfastServer", "HoldfastTelemetry"],
        "HoldfastLab": ["HoldfastPlan", "HoldfastHTTP"],
        "HoldfastWorker": ["HoldfastReactor", "HoldfastControl", "HoldfastTelemetry"],
        "HoldfastFleet": ["HoldfastReactor", "HoldfastControl", "HoldfastTelemetry"],
        "HoldfastControl": ["HoldfastHTTP", "HoldfastResult", "HoldfastServer"],
        "HoldfastTelemetry": ["HoldfastHTTP", "HoldfastCore"],
        "HoldfastHTTP": [],
        "HoldfastServer": [],
        "HoldfastReactor": ["HoldfastCore"],
        "HoldfastResult": ["HoldfastPlan"],
        "HoldfastPlan": ["HoldfastCore"],
        "HoldfastCore": [],
    ]

    /// The C shims, and the rooms that see them.
    static let shims: [String: Set<String>] = [
        "holdfast": ["CHoldfastBare"],
        "HoldfastHTTP": ["CHoldfastCurl"],
        "HoldfastLab": ["CHoldfastMemory", "CHoldfastSpawn"],
        "HoldfastReactor": ["CHoldfastLinux"],
        "HoldfastSimulation": ["CHoldfastMemory"],
    ]

    /// The rooms that only compute: no platform below them. HoldfastCore has the standard library and nothing else.
    static let pure: Set = ["HoldfastCore", "HoldfastPlan", "HoldfastResult", "HoldfastReport", "HoldfastSimulation"]

    /// The platform, for the rooms that talk to the world.
    static let platform: Set = ["Dispatch", "Glibc", "Synchronization"]

    /// Modules from outside.
    static let outside: [String: Set<String>] = [
        "holdfast": ["ArgumentParser", "Foundation", "Logging", "ServiceLifecycle"],
        "HoldfastReport": ["Foundation"],
        "HoldfastCoordinator": ["Foundation", "Logging", "ServiceLifecycle"],
        "HoldfastCollector": ["Foundation", "GRDB", "Hummingbird", "SwiftProtobuf"],
        "HoldfastLab": ["Foundation"],
        "HoldfastControl": ["Foundation", "Hummingbird", "SwiftProtobuf"],
        "HoldfastFleet": ["Hummingbird"],
        "HoldfastServer": ["Foundation", "Hummingbird", "Logging", "NIOCore", "ServiceLifecycle"],
        "HoldfastTelemetry": ["Foundation", "SwiftProtobuf"],
        "HoldfastResult": ["Foundation"],
        // For a value that stays where it is; nothing there is shared.
        "HoldfastSimulation": ["Synchronization"],
        "HoldfastPlan": ["Foundation", "Yams"],
    ]

    /// Everything that a file of `room` may import.
    static func allowed(in room: String) -> Set<String> {
        let rooms = below(room).union(shims[room] ?? []).union(outside[room] ?? [])
        return pure.contains(room) ? rooms : rooms.union(platform)
    }

    /// All rooms below `room`.
    static func below(_ room: String) -> Set<String> {
        let direct = rooms[room] ?? []
        return direct.reduce(direct) { $0.union(below($1)) }
    }

    /// The modules that `text` imports, each with its line.
    static func imports(of text: SwiftText) -> [(module: String, line: Int)] {
        text.lines.enumerated().compactMap { index, line in
            let words = line.split(whereSeparator: { $0.isWhitespace || $0 == "." || $0 == ";" })
            guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.endIndex else { return nil }
            guard words[..<keyword].allSatisfy({ $0.hasPrefix("@") || modifiers.contains($0) }) else { return nil }
            let kinds: Set<Substring> = ["class", "enum", "func", "let", "protocol", "struct", "typealias", "var"]
            let module = words[(keyword + 1)...].first { !kinds.contains($0) }
            return module.map { (String($0), index + 1) }
        }
    }

    private static let modifiers: Set<Substring> = ["fileprivate", "internal", "package", "private", "public"]
}
