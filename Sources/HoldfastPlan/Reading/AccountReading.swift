import HoldfastCore

/// `accounts`, and what gateways keep of connections.
extension SectionReader {
    mutating func sessionsPerAccount(_ node: PlanNode?, parent: Place) -> Int {
        let fields = reader.fields(node, parent: parent, known: ["sessionsPerAccount"])
        return reader.value(fields["sessionsPerAccount"], .whole(1...1000), or: 1)
    }

    mutating func stateBytes(_ fields: Fields) -> UInt64? {
        // A gibibyte a connection.
        reader.value(fields["stateBytes"], .size(upTo: 1 << 30))
    }
}
