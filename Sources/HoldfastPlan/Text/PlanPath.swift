/// Where a value is in a plan's text: names of mappings and indices of lists, dotted.
struct PlanPath {
    private struct Step {
        var name: String
        var place: Place
    }

    private let steps: [Step]

    /// The path `text`, which stands at `place`.
    init(_ text: some StringProtocol, at place: Place) throws(PlanError) {
        var steps: [Step] = []
        var column = place.column
        for name in text.split(separator: ".", omittingEmptySubsequences: false) {
            let place = Place(source: place.source, line: place.line, column: column)
            guard !name.isEmpty else {
                throw PlanTree.problem(at: place, "an empty name in \(quoted(String(text)))", expected: "a dotted path")
            }
            steps.append(Step(name: String(name), place: place))
            column += name.unicodeScalars.count + 1
        }
        self.steps = steps
    }

    /// The first name.
    var root: String { steps[0].name }

    /// The tree with `value` in this place. A list is indexed from 0 as it was written, and one past its end appends.
    func replacing(in root: PlanNode, with value: PlanNode) throws(PlanError) -> PlanNode {
        try replacing(in: root, steps[...], value)
    }

    private func replacing(in node: PlanNode, _ steps: ArraySlice<Step>, _ value: PlanNode) throws(PlanError)
        -> PlanNode
    {
        guard let step = steps.first else { return value }
        let rest = steps.dropFirst()
        let empty = PlanNode(place: step.place, content: .mapping([]))
        var result = node
        switch node.content {
        case .mapping(var entries):
            let position = entries.firstIndex { $0.key == step.name }
            let old = position.map { entries[$0].value } ?? empty
            let new = try replacing(in: old.isNothing ? empty : old, rest, value)
            let entry = PlanNode.Entry(key: step.name, place: step.place, value: new)
            if let position { entries[position] = entry } else { entries.append(entry) }
            result.content = .mapping(entries)
        case .sequence(var items):
            guard let index = ScalarText.integer(step.name), index <= items.count else {
                let expected = "an index from 0 to \(items.count)"
                throw PlanTree.problem(at: step.place, quoted(step.name), expected: expected)
            }
            let position = Int(index)
            let new = try replacing(in: position < items.count ? items[position] : empty, rest, value)
            if position < items.count { items[position] = new } else { items.append(new) }
            result.content = .sequence(items)
        case .scalar:
            let found = "\(quoted(step.name)) below a single value"
            throw PlanTree.problem(at: step.place, found, expected: "a path through mappings and lists")
        }
        return result
    }
}
