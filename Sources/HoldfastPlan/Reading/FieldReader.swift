import HoldfastCore

/// The keys of one mapping that the reader knows.
struct Fields {
    /// Where the mapping is; where its parent is when it was left out.
    var place: Place
    /// The known keys that are there.
    var entries: [String: PlanNode.Entry] = [:]
    /// Known keys that were probably meant by unknown ones.
    var misspelt: Set<String> = []

    /// The value of a key.
    subscript(key: String) -> PlanNode? { entries[key]?.value }

    /// Where a key's value is, else where the mapping is.
    func place(of key: String) -> Place { entries[key]?.value.place ?? place }
}

/// Reads typed fields and collects everything that is wrong on the way, so that one pass finds all of it.
struct FieldReader {
    /// What was found, in the order of reading.
    private(set) var diagnostics: [PlanDiagnostic] = []

    /// What only the simulator can carry out, as the errors that it is for everything else.
    private(set) var simulatedOnly: [PlanDiagnostic] = []

    /// Whether anything makes the plan unusable.
    var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// Notes one thing.
    mutating func note(_ diagnostic: PlanDiagnostic) { diagnostics.append(diagnostic) }

    /// Notes an error.
    mutating func refuse(at place: Place, found: String, expected: String, suggestion: String? = nil) {
        note(PlanDiagnostic(at: place, found: found, expected: expected, suggestion: suggestion))
    }

    /// Notes that a name at `place` can be simulated but not carried out live.
    mutating func onlySimulated(_ name: String, at place: Place, when condition: String = "") {
        let found = "\(quoted(name)) can only be simulated\(condition) in this version"
        simulatedOnly.append(PlanDiagnostic(at: place, found: found, expected: "`holdfast simulate` for this plan"))
    }

    /// The keys of a mapping; unknown ones, and those of a later version, are refused.
    mutating func fields(
        _ node: PlanNode?,
        parent: Place,
        known: [String],
        unavailable: [String] = []
    ) -> Fields {
        guard let node else { return Fields(place: parent) }
        guard case .mapping(let entries) = node.content else {
            refuse(at: node.place, found: node.found, expected: "a mapping with \(listed(known))")
            return Fields(place: node.place)
        }
        var fields = Fields(place: node.place)
        for entry in entries {
            guard known.contains(entry.key) else {
                let meant = refuseName(entry.key, "key", at: entry.place, known: known, unavailable: unavailable)
                if let meant { fields.misspelt.insert(meant) }
                continue
            }
            fields.entries[entry.key] = entry
        }
        return fields
    }

    /// Refuses a name that is not known, or not yet, and gives what was probably meant.
    @discardableResult
    mutating func refuseName(
        _ name: String,
        _ what: String,
        at place: Place,
        known: [String],
        unavailable: [String]
    ) -> String? {
        if unavailable.contains(name) {
            refuse(at: place, found: "\(quoted(name)) is not available in this version", expected: listed(known))
            return nil
        }
        let suggestion = nearestName(to: name, among: known)
        let found = "unknown \(what) \(quoted(name))"
        refuse(at: place, found: found, expected: listed(known, near: name), suggestion: suggestion)
        return suggestion
    }

    /// A typed scalar, or `fallback` when it was left out or is wrong.
    mutating func value<Value>(_ node: PlanNode?, _ kind: ValueKind<Value>, or fallback: Value) -> Value {
        value(node, kind) ?? fallback
    }

    /// A typed scalar; nil when it was left out or is wrong.
    mutating func value<Value>(_ node: PlanNode?, _ kind: ValueKind<Value>) -> Value? {
        guard let node else { return nil }
        guard case .scalar(let scalar) = node.content, !node.isNothing else {
            refuse(at: node.place, found: node.found, expected: kind.expected)
            return nil
        }
        let isQuotedWrongly = scalar.isQuoted && !kind.allowsQuotes
        if !isQuotedWrongly, let value = kind.parse(scalar.text) { return value }
        let suggestion = ([scalar.text] + kind.alternatives(scalar.text)).first { kind.parse($0) != nil }
        refuse(at: node.place, found: node.found, expected: kind.expected, suggestion: suggestion)
        return nil
    }

    /// One of the names of an enumeration, or `fallback` when it was left out or is wrong.
    mutating func choice<Value>(_ node: PlanNode?, or fallback: Value, unavailable: [String] = []) -> Value
    where Value: RawRepresentable<String> & CaseIterable {
        guard let node else { return fallback }
        let names = Value.allCases.map(\.rawValue)
        guard case .scalar(let scalar) = node.content, !node.isNothing else {
            refuse(at: node.place, found: node.found, expected: listed(names))
            return fallback
        }
        if let value = Value(rawValue: scalar.text) { return value }
        refuseName(scalar.text, "name", at: node.place, known: names, unavailable: unavailable)
        return fallback
    }

    /// The policy that a preset stands for; nil for an unknown one, which is refused.
    mutating func preset<Policy>(
        _ node: PlanNode,
        _ presets: [String: Policy],
        _ unavailable: [String],
        _ what: String = "preset"
    ) -> Policy? {
        let names = presets.keys.sorted()
        guard case .scalar(let scalar) = node.content, !node.isNothing else {
            refuse(at: node.place, found: node.found, expected: listed(names))
            return nil
        }
        if let policy = presets[scalar.text] { return policy }
        refuseName(scalar.text, what, at: node.place, known: names, unavailable: unavailable)
        return nil
    }

    /// The items of a list; none when it was left out or is no list.
    mutating func items(_ node: PlanNode?, expected: String) -> [PlanNode] {
        guard let node else { return [] }
        guard case .sequence(let items) = node.content else {
            refuse(at: node.place, found: node.found, expected: expected)
            return []
        }
        return items
    }

    /// Refuses a key that must be there and is not.
    mutating func require(_ key: String, in fields: Fields, expected: String) {
        guard fields.entries[key] == nil, !fields.misspelt.contains(key) else { return }
        refuse(at: fields.place, found: "no key \(quoted(key))", expected: expected)
    }

    /// Refuses keys that mean nothing beside what was chosen.
    mutating func refuse(_ keys: [String], in fields: Fields, beside choice: String, expected: String) {
        for key in keys {
            guard let entry = fields.entries[key] else { continue }
            refuse(at: entry.place, found: "\(quoted(key)) beside \(choice)", expected: expected)
        }
    }
}
