import HoldfastCore

/// `accounts`, and what gateways do about them and keep of them.
extension SectionReader {
    mutating func sessionsPerAccount(_ node: PlanNode?, parent: Place) -> Int {
        let fields = reader.fields(node, parent: parent, known: ["sessionsPerAccount"])
        return reader.value(fields["sessionsPerAccount"], .whole(1...1000), or: 1)
    }

    mutating func duplicateLogin(_ fields: Fields) -> DuplicateLogin {
        let rule = reader.choice(fields["duplicateLogin"], or: DuplicateLogin.allow)
        if rule != .allow { reader.onlySimulated("duplicateLogin", at: fields.place(of: "duplicateLogin")) }
        return rule
    }

    mutating func stateBytes(_ fields: Fields) -> UInt64? {
        // A gibibyte a connection.
        reader.value(fields["stateBytes"], .size(upTo: 1 << 30))
    }
}
