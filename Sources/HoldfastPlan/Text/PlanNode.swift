/// One value of a plan's text with its place: what the reader works on, whether it came from the file or from `--set`.
struct PlanNode {
    /// A scalar's text; whether it was between quotes; how many columns after its place the text begins, nil when the
    /// text does not stand in the source as it is (escapes, several lines).
    struct Scalar {
        var text: String
        var isQuoted: Bool
        var textOffset: Int?
    }

    /// One key of a mapping with its value.
    struct Entry {
        var key: String
        var place: Place
        var value: PlanNode
    }

    enum Content {
        case scalar(Scalar)
        case mapping([Entry])
        case sequence([PlanNode])
    }

    var place: Place
    var content: Content

    /// Whether the value was left out, as in `key:`.
    var isNothing: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return scalar.text.isEmpty && !scalar.isQuoted
    }

    /// What is here, for a message.
    var found: String {
        switch content {
        case .scalar(let scalar):
            if isNothing { return "nothing" }
            return scalar.isQuoted ? "the text \(quoted(scalar.text))" : quoted(scalar.text)
        case .mapping: return "a mapping"
        case .sequence: return "a list"
        }
    }
    /// Where the value at a path of keys is, or the nearest mapping around it that is there.
    func place(of path: String...) -> Place {
        var node = self
        for key in path {
            guard case .mapping(let entries) = node.content else { break }
            guard let next = entries.first(where: { $0.key == key })?.value else { break }
            node = next
        }
        return node.place
    }
}
