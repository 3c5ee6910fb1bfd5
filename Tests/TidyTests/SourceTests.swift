import Foundation
import Testing

/// The style of the sources, as far as a machine can tell.
@Suite struct SourceTests {
    static let lineLimit = 120
    static let functionLimit = 70
    static let fileLimitBytes = 24 * 1024

    @Test func linesAreShort() throws {
        let shims = try Repository.files(below: "Sources", endingIn: ".c", ".h", ".proto")
        for file in try Repository.swiftFiles() + shims {
            for (index, line) in file.lines.enumerated() where line.count > Self.lineLimit {
                Issue.record("\(file.path):\(index + 1): \(line.count) columns, at most \(Self.lineLimit)")
            }
        }
    }

    @Test func functionsFitOnAScreen() throws {
        for file in try Repository.swiftFiles() {
            for function in FunctionLength.all(in: SwiftText(file.text)) where function.length > Self.functionLimit {
                Issue.record(
                    "\(file.path):\(function.line): \(function.name) has \(function.length) lines, at most 70"
                )
            }
        }
    }

    @Test func filesAreAboutOneThing() throws {
        for file in try Repository.swiftFiles() where file.text.utf8.count > Self.fileLimitBytes {
            Issue.record("\(file.path): \(file.text.utf8.count) bytes, at most \(Self.fileLimitBytes)")
        }
    }

    @Test func nothingIsLeftForLater() throws {
        let marks = Banned.leftovers
        let shims = try Repository.files(below: "Sources", endingIn: ".c", ".h", ".proto", ".md")
        for file in try Repository.swiftFiles() + shims {
            for (index, line) in file.lines.enumerated() {
                for mark in marks where Banned.isIn(line, mark) {
                    Issue.record("\(file.path):\(index + 1): \(mark)")
                }
            }
        }
    }

    @Test func theCoreHasNoClockNoDiceAndNoOutput() throws {
        let files = try Repository.files(below: "Sources/HoldfastCore", endingIn: ".swift")
        #expect(!files.isEmpty)
        for file in files {
            for (index, line) in SwiftText(file.text).lines.enumerated() {
                for call in Banned.inCore where Banned.isIn(line, call) {
                    Issue.record("\(file.path):\(index + 1): \(call) does not belong in the core")
                }
            }
        }
    }

    /// The formatter is part of the toolchain and takes a second.
    @Test func everythingIsFormatted() throws {
        let format = Process()
        format.executableURL = URL(filePath: "/usr/bin/env")
        format.arguments = [
            "swift", "format", "lint", "--strict", "--parallel", "-r", "Sources", "Tests", "Package.swift",
        ]
        format.currentDirectoryURL = Repository.root
        let output = Pipe()
        format.standardOutput = output
        format.standardError = output
        try format.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        format.waitUntilExit()
        #expect(format.terminationStatus == 0, "\(text)")
    }
}

/// Words that must not stand in the sources.
enum Banned {
    /// What a pure domain cannot have: time, randomness that is not keyed, output, and the platform.
    static let inCore = [
        "Date(", ".random(", "clock_gettime", "ContinuousClock", "SuspendingClock", "print(", "import Foundation",
        "import Glibc", "Hasher(", "sleep(", "SystemRandomNumberGenerator",
    ]

    /// Spelled in two halves, or this file would find itself.
    static let leftovers = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]

    /// Whether `word` stands in `line` and is not the end of a longer word.
    static func isIn(_ line: some StringProtocol, _ word: String) -> Bool {
        var rest = line[...]
        while let range = rest.range(of: word) {
            let before = line[..<range.lowerBound].last
            let isTail =
                word.first?.isLetter == true && (before?.isLetter == true || before?.isNumber == true || before == "_")
            if !isTail { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }
}
