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
        let text = String(argument[argument.index(after: equals)...])
        let value = try parsed(text, column: path.unicodeScalars.count + 1)
        return try PlanPath(path, at: start).replacing(in: root, with: value)
    }

    private func parsed(_ text: String, column: Int) throws(PlanError) -> PlanNode {
        guard !text.allSatisfy({ $0 == " " }) else {
            let place = Place(source: SetOverride.flag, line: 1, column: 1 + column)
            return PlanNode(place: place, content: .scalar(.init(text: "", isQuoted: false, textOffset: nil)))
        }
        return try PlanTree.parse(text, source: SetOverride.flag, column: column)
    }
}
