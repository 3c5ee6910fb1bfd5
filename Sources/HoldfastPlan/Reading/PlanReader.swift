import Foundation
import HoldfastCore

/// From a plan's text to a checked `Plan`.
public enum PlanReader {
    /// A checked plan, and what is doubtful about it.
    public struct Reading: Equatable, Sendable {
        /// The plan with every default filled in.
        public var plan: Plan
        /// The plan's variants; none in most plans.
        public var variants: [PlanVariant]
        /// What can be run but probably does not do what was meant.
        public var warnings: [PlanDiagnostic]
        /// Why the plan can be simulated only; empty for one that can be carried out live.
        public var simulatedOnly: [PlanDiagnostic]
    }

    /// Reads the plan in the file at `path`, which messages name as it is given.
    public static func read(
        contentsOf path: String,
        overrides: [SetOverride] = [],
        seed: UInt64? = nil,
        catalogue: MetricCatalogue? = .standard
    ) throws(PlanError) -> Reading {
        let text = try contents(of: path)
        return try read(text: text, file: path, overrides: overrides, seed: seed, catalogue: catalogue)
    }

    /// Reads a plan's text.
    ///
    /// - Parameters:
    ///   - text: The plan in YAML.
    ///   - file: What messages name as its source.
    ///   - overrides: Values that replace those of the text, in order.
    ///   - seed: Replaces the plan's seed.
    ///   - catalogue: The metrics that expectations may name; nil leaves expectations unchecked beyond their syntax.
    public static func read(
        text: String,
        file: String,
        overrides: [SetOverride] = [],
        seed: UInt64? = nil,
        catalogue: MetricCatalogue? = .standard
    ) throws(PlanError) -> Reading {
        var root = try PlanTree.parse(text, source: file)
        for override in overrides { root = try override.applied(to: root) }
        var reader = SectionReader(seed: seed)
        let plan = reader.plan(root, catalogue: catalogue)
        var diagnostics = reader.reader.diagnostics
        var variants: [PlanVariant] = []
        if plan != nil {
            var reader = VariantReader(seed: seed, catalogue: catalogue)
            variants = reader.variants(of: root)
            diagnostics += reader.diagnostics
        }
        let errors = diagnostics.filter { $0.severity == .error }
        guard errors.isEmpty, let plan else { throw PlanError(inTextOrder(errors, file)) }
        return Reading(
            plan: plan,
            variants: variants,
            warnings: inTextOrder(diagnostics, file),
            simulatedOnly: inTextOrder(reader.reader.simulatedOnly, file)
        )
    }

    private static func contents(of path: String) throws(PlanError) -> String {
        let start = Place(source: path)
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw PlanError([missing(path)])
        }
        defer { try? handle.close() }
        let limit = PlanTree.sizeLimit
        guard let data = try? handle.read(upToCount: limit + 1) ?? Data() else {
            throw PlanTree.problem(at: start, "a file that cannot be read", expected: "a plan in YAML")
        }
        guard data.count <= limit else {
            throw PlanTree.problem(at: start, "more than \(limit) bytes", expected: "at most \(limit) bytes")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw PlanTree.problem(at: start, "bytes that are not UTF-8", expected: "a plan in YAML")
        }
        return text
    }

    private static func missing(_ path: String) -> PlanDiagnostic {
        let exists = FileManager.default.fileExists(atPath: path)
        let directory = (path as NSString).deletingLastPathComponent
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.isEmpty ? "." : directory)) ?? []
        let near = nearestName(to: (path as NSString).lastPathComponent, among: names.sorted())
        return PlanDiagnostic(
            at: Place(source: path),
            found: exists ? "a file that cannot be read" : "no such file",
            expected: "a plan in YAML",
            suggestion: exists ? nil : near.map { (directory as NSString).appendingPathComponent($0) }
        )
    }

    /// Flags first, then the file from top to bottom.
    private static func inTextOrder(_ diagnostics: [PlanDiagnostic], _ file: String) -> [PlanDiagnostic] {
        let ordered = diagnostics.enumerated().sorted { left, right in
            let (a, b) = (left.element.place, right.element.place)
            if (a.source == file) != (b.source == file) { return b.source == file }
            return (a.line, a.column, left.offset) < (b.line, b.column, right.offset)
        }
        return ordered.map(\.element)
    }
}

extension Plan {
    /// The plan of a text, checked; warnings are dropped. Parameters as in `PlanReader.read`.
    public static func parse(
        text: String,
        file: String,
        overrides: [SetOverride] = [],
        seed: UInt64? = nil,
        catalogue: MetricCatalogue? = .standard
    ) throws(PlanError) -> Plan {
        try PlanReader.read(text: text, file: file, overrides: overrides, seed: seed, catalogue: catalogue).plan
    }
}
