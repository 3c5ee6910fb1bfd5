import Yams

/// From text to a tree of places: what YAML allows beyond mappings, lists and scalars is refused here.
enum PlanTree {
    /// The largest text that is read; bytes.
    static let sizeLimit = 1 << 20

    /// The tree of one YAML document.
    ///
    /// `column` is added to every column, for text that stands within another line.
    static func parse(_ text: String, source: String, column: Int = 0) throws(PlanError) -> PlanNode {
        let start = Place(source: source, line: 1, column: 1 + column)
        guard text.utf8.count <= sizeLimit else {
            throw problem(at: start, "\(text.utf8.count) bytes", expected: "at most \(sizeLimit) bytes")
        }
        let body = text.first == "\u{FEFF}" ? String(text.dropFirst()) : text
        let lines = body.split(omittingEmptySubsequences: false) { $0.isNewline }.map { Array($0.unicodeScalars) }
        if let tab = firstTab(lines) {
            let place = Place(source: source, line: tab.line, column: tab.column + column)
            throw problem(at: place, "a tab", expected: "spaces")
        }
        let converter = Converter(source: source, column: column, lines: lines)
        return try converter.convert(body, start: start)
    }

    static func problem(at place: Place, _ found: String, expected: String) -> PlanError {
        PlanError([PlanDiagnostic(at: place, found: found, expected: expected)])
    }

    private static func firstTab(_ lines: [[Unicode.Scalar]]) -> (line: Int, column: Int)? {
        for (number, line) in lines.enumerated() {
            if let position = line.firstIndex(of: "\t") { return (number + 1, position + 1) }
        }
        return nil
    }
}

/// Turns what Yams composed into a tree of places.
private struct Converter {
    let source: String
    let column: Int
    let lines: [[Unicode.Scalar]]

    func convert(_ text: String, start: Place) throws(PlanError) -> PlanNode {
        do {
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            // The parser owns the anchors that nodes refer to weakly.
            return try withExtendedLifetime(parser) {
                guard let root = try parser.singleRoot() else {
                    throw PlanTree.problem(at: start, "an empty file", expected: "a plan in YAML")
                }
                return try node(root)
            }
        } catch let error as PlanError {
            throw error
        } catch let error as YamlError {
            throw PlanError([diagnostic(error, start)])
        } catch {
            throw PlanTree.problem(at: start, "text that is not YAML: \(error)", expected: "a plan in YAML")
        }
    }

    private func node(_ node: Node) throws(PlanError) -> PlanNode {
        let place = place(of: node)
        if let anchor = node.anchor {
            throw PlanTree.problem(at: place, "the anchor \(quoted("&" + anchor.rawValue))", expected: "plain values")
        }
        switch node {
        case .scalar(let scalar):
            try refuseTag(scalar.tag, isQuoted: isQuoted(scalar.style), place)
            return PlanNode(place: place, content: .scalar(self.scalar(scalar, at: place)))
        case .sequence(let sequence):
            try refuseTag(sequence.tag, isQuoted: false, place)
            var items: [PlanNode] = []
            for item in sequence { items.append(try self.node(item)) }
            return PlanNode(place: place, content: .sequence(items))
        case .mapping(let mapping):
            try refuseTag(mapping.tag, isQuoted: false, place)
            return PlanNode(place: place, content: .mapping(try entries(mapping)))
        case .alias:
            throw PlanTree.problem(at: place, "an alias", expected: "plain values")
        }
    }

    private func entries(_ mapping: Node.Mapping) throws(PlanError) -> [PlanNode.Entry] {
        var entries: [PlanNode.Entry] = []
        for (key, value) in mapping {
            let place = place(of: key)
            guard case .scalar(let scalar) = key, key.anchor == nil else {
                throw PlanTree.problem(at: place, "a key that is not a word", expected: "a name")
            }
            if entries.contains(where: { $0.key == scalar.string }) {
                throw PlanTree.problem(at: place, "a second key \(quoted(scalar.string))", expected: "each key once")
            }
            entries.append(PlanNode.Entry(key: scalar.string, place: place, value: try node(value)))
        }
        return entries
    }

    private func scalar(_ scalar: Node.Scalar, at place: Place) -> PlanNode.Scalar {
        let isQuoted = isQuoted(scalar.style)
        let offset = isQuoted ? 1 : 0
        let line = place.line <= lines.count ? lines[place.line - 1] : []
        let rest = line.dropFirst(place.column - column - 1 + offset)
        let isVerbatim = rest.starts(with: scalar.string.unicodeScalars)
        return PlanNode.Scalar(text: scalar.string, isQuoted: isQuoted, textOffset: isVerbatim ? offset : nil)
    }

    private func isQuoted(_ style: Node.Scalar.Style) -> Bool { style != .plain && style != .any }

    private func refuseTag(_ tag: Tag, isQuoted: Bool, _ place: Place) throws(PlanError) {
        let name = tag.rawValue
        guard !name.isEmpty, !(isQuoted && name == Tag.Name.str.rawValue) else { return }
        throw PlanTree.problem(at: place, "the tag \(quoted(name))", expected: "plain values")
    }

    private func place(of node: Node) -> Place { node.mark.map(place) ?? Place(source: source) }

    private func place(_ mark: Mark) -> Place {
        Place(source: source, line: mark.line, column: mark.column + column)
    }

    private func diagnostic(_ error: YamlError, _ start: Place) -> PlanDiagnostic {
        switch error {
        case .duplicatedKeysInMapping(let duplicates, let context):
            let name = duplicates.first ?? ""
            return PlanDiagnostic(
                at: repetition(of: name, after: context.mark),
                found: "a second key \(quoted(name))",
                expected: "each key once"
            )
        case .composer(_, let problem, let mark, _) where problem.contains("another document"):
            return PlanDiagnostic(at: place(mark), found: "a second document", expected: "one document")
        case .composer(_, let problem, let mark, _) where problem.contains("alias"):
            return PlanDiagnostic(at: place(mark), found: "an alias", expected: "plain values")
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let found = "text that is not YAML: \(problem) at line \(mark.line), column \(mark.column + column)"
            return PlanDiagnostic(at: start, found: found, expected: "a plan in YAML")
        case .reader(let problem, _, _, _):
            return PlanDiagnostic(at: start, found: "text that is not YAML: \(problem)", expected: "a plan in YAML")
        default:
            return PlanDiagnostic(at: start, found: "text that is not YAML: \(error)", expected: "a plan in YAML")
        }
    }

    /// Where the key at `first` stands a second time: below in the same column, else further on in the same line.
    private func repetition(of key: String, after first: Mark) -> Place {
        let letters = Array(key.unicodeScalars)
        let column = first.column - 1
        for number in first.line..<max(first.line, lines.count) {
            let line = lines[number]
            let isHere = line.dropFirst(column).starts(with: letters) && line.prefix(column).allSatisfy { $0 == " " }
            let next = line.dropFirst(column + letters.count).first
            if isHere, next == ":" || next == " " {
                return Place(source: source, line: number + 1, column: first.column + self.column)
            }
        }
        guard first.line >= 1, first.line <= lines.count else { return place(first) }
        let line = lines[first.line - 1]
        for position in (column + 1)..<max(column + 1, line.count) {
            let isHere = line.dropFirst(position).starts(with: letters)
            let isAlone = [" ", ",", "{"].contains(line[position - 1])
            if isHere, isAlone, line.dropFirst(position + letters.count).first == ":" {
                return Place(source: source, line: first.line, column: position + 1 + self.column)
            }
        }
        return place(first)
    }
}
