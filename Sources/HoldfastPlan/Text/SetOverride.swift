/// One `--set path=value`: a value of the plan's text replaced before it is read.
///
/// The path is dotted; a list is indexed from 0 as it was written, and one past its end appends. The value is YAML.
public struct SetOverride: Equatable, Sendable {
    /// What a flag's places name as their source.
    public static let flag = "--set"
    /// The argument as given.
    public var argument: String

    /// An override from the flag's argument; what is wrong with it is said when the plan is read.
    public init(_ argument: String) { self.argument = argument }

    /// The tree with the value in its place.
    func applied(to root: PlanNode) throws(PlanError) -> PlanNode {
        let start = Place(source: SetOverride.flag)
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
            throw PlanTree.problem(at: start, quoted(argument), expected: "path=value")
        }
        let path = argument[..<equals]
        let width = path.unicodeScalars.count + 1
        let text = String(argument[argument.index(after: equals)...])
        let value = try parsed(text, column: width)
        var steps: [Step] = []
        var column = 1
        for name in path.split(separator: ".", omittingEmptySubsequences: false) {
            let place = Place(source: SetOverride.flag, line: 1, column: column)
            guard !name.isEmpty else {
                throw PlanTree.problem(at: place, "an empty name in \(quoted(String(path)))", expected: "a dotted path")
            }
            steps.append(Step(name: String(name), place: place))
            column += name.unicodeScalars.count + 1
        }
        return try replacing(in: root, steps[...], value)
    }

    private struct Step {
        var name: String
        var place: Place
    }

    private func parsed(_ text: String, column: Int) throws(PlanError) -> PlanNode {
        guard !text.allSatisfy({ $0 == " " }) else {
            let place = Place(source: SetOverride.flag, line: 1, column: 1 + column)
            return PlanNode(place: place, content: .scalar(.init(text: "", isQuoted: false, textOffset: nil)))
        }
        return try PlanTree.parse(text, source: SetOverride.flag, column: column)
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
