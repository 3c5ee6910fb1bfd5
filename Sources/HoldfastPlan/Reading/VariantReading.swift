/// One variant of a plan: the plan with some of its values replaced, for `compare`.
public struct PlanVariant: Equatable, Sendable {
    /// What tables and directories call it; no two variants have the same.
    public var name: String
    /// The plan that it makes.
    public var plan: Plan
    /// Why it can be simulated only; empty for one that can be carried out live.
    public var simulatedOnly: [PlanDiagnostic]
}

/// Reads the variants of a plan: each is the plan's text with values replaced, read as if it had been written so.
struct VariantReader {
    let seed: UInt64?
    let catalogue: MetricCatalogue?
    /// What is wrong or doubtful, in the order of reading.
    private(set) var diagnostics: [PlanDiagnostic] = []
    private var fields = FieldReader()

    init(seed: UInt64?, catalogue: MetricCatalogue?) {
        self.seed = seed
        self.catalogue = catalogue
    }

    /// The variants of a tree whose plan is right; those that are wrong are noted and left out.
    mutating func variants(of root: PlanNode) -> [PlanVariant] {
        guard case .mapping(let entries) = root.content,
            let node = entries.first(where: { $0.key == VariantReader.key })?.value
        else { return [] }
        var variants: [PlanVariant] = []
        for item in fields.items(node, expected: "a list of variants, { name: ..., path: value } each") {
            guard let variant = variant(item, root) else { continue }
            if variants.contains(where: { $0.name == variant.name }) {
                let found = "a second variant \(quoted(variant.name))"
                fields.refuse(at: item.place(of: "name"), found: found, expected: "another name")
            }
            variants.append(variant)
        }
        diagnostics = fields.diagnostics + diagnostics
        return variants
    }

    static let key = "variants"

    /// What every variant has in common: seeds are those of trials.
    private static let fixed = [key, "seed"]

    private mutating func variant(_ node: PlanNode, _ root: PlanNode) -> PlanVariant? {
        guard case .mapping(let entries) = node.content else {
            fields.refuse(at: node.place, found: node.found, expected: "a mapping with name and dotted paths")
            return nil
        }
        guard let name = entries.first(where: { $0.key == "name" }) else {
            fields.refuse(at: node.place, found: "a variant without a name", expected: "name: and dotted paths")
            return nil
        }
        guard let text = fields.value(name.value, .name("a name")) else { return nil }
        do {
            var tree = root
            for entry in entries where entry.key != "name" {
                let path = try PlanPath(entry.key, at: entry.place)
                guard !VariantReader.fixed.contains(path.root) else {
                    fields.refuse(
                        at: entry.place,
                        found: "\(quoted(path.root)) in a variant",
                        expected: "what variants may differ in"
                    )
                    return nil
                }
                tree = try path.replacing(in: tree, with: entry.value)
            }
            return read(tree, text)
        } catch {
            error.diagnostics.forEach { fields.note($0) }
            return nil
        }
    }

    private mutating func read(_ tree: PlanNode, _ name: String) -> PlanVariant? {
        var reader = SectionReader(seed: seed)
        let plan = reader.plan(tree, catalogue: catalogue)
        for var diagnostic in reader.reader.diagnostics {
            diagnostic.found += " (variant \(name))"
            diagnostics.append(diagnostic)
        }
        guard let plan, !reader.reader.hasErrors else { return nil }
        return PlanVariant(name: name, plan: plan, simulatedOnly: reader.reader.simulatedOnly)
    }
}
