import Foundation
import HoldfastPlan
import Testing

/// Plans in files: those that are not there, and those that are something else.
@Suite struct PlanFileTests {
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "holdfast-plans-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try body(directory.path())
    }

    private func line(_ path: String) -> String? {
        let error = #expect(throws: PlanError.self) { try PlanReader.read(contentsOf: path) }
        return error?.description
    }

    @Test func aFileIsReadLikeItsText() throws {
        try withDirectory { directory in
            let path = directory + "/plan.yaml"
            try PlanSamples.fullest.write(toFile: path, atomically: true, encoding: .utf8)
            let plan = try Plan.parse(text: PlanSamples.fullest, file: "plan.yaml")
            #expect(try PlanReader.read(contentsOf: path).plan == plan)
        }
    }

    @Test func aMissingFileIsNamedBesideItsNeighbour() throws {
        try withDirectory { directory in
            let missing = directory + "/quickstrat.yaml"
            #expect(line(missing) == "\(missing):1:1: error: no such file; expected a plan in YAML")
            let near = directory + "/quickstart.yaml"
            try PlanSamples.smallest.write(toFile: near, atomically: true, encoding: .utf8)
            let hint = "did you mean \(near)?"
            #expect(line(missing) == "\(missing):1:1: error: no such file; expected a plan in YAML; \(hint)")
        }
    }

    @Test func whatIsNotAPlanIsRefusedAtItsStart() throws {
        try withDirectory { directory in
            #expect(line(directory) == "\(directory):1:1: error: a file that cannot be read; expected a plan in YAML")
            let path = directory + "/plan.yaml"
            for (bytes, message) in [
                (Data([0x6E, 0x3A, 0x20, 0xFF]), "bytes that are not UTF-8; expected a plan in YAML"),
                (Data(), "an empty file; expected a plan in YAML"),
                (Data(count: (1 << 20) + 1), "more than 1048576 bytes; expected at most 1048576 bytes"),
            ] {
                try bytes.write(to: URL(filePath: path))
                #expect(line(path) == "\(path):1:1: error: \(message)")
            }
        }
    }
}
