import Testing

/// The rules are only as good as the scanner: it must find what is planted, and nothing else.
@Suite struct ScannerTests {
    @Test(arguments: [
        "func planted()", "init(count: Int) throws", "deinit", "static func < (left: A, right: A) -> Bool",
    ])
    func seventyLinesPassAndOneMoreIsFound(signature: String) throws {
        for lines in [2, 70, 71] {
            let body = Array(repeating: "    work()", count: lines - 2).joined(separator: "\n")
            let text = "struct A {\n\(signature) {\n\(body)\n}\n}\n".replacing("\n\n", with: "\n")
            let found = FunctionLength.all(in: SwiftText(text))
            #expect(found.map(\.length) == [lines])
            #expect(found.map(\.line) == [2])
        }
    }

    @Test func nestedFunctionsCountOnTheirOwn() {
        let text = """
            func outer<T: Sequence>(
                of values: T = { [] }()
            ) async throws -> [(Int, Int)] where T.Element == Int {
                func inner() {
                    work()
                }
                return values.map { ($0, $0) }
            }
            """
        let expected = [
            FunctionLength(name: "outer", line: 1, length: 8),
            FunctionLength(name: "inner", line: 4, length: 3),
        ]
        #expect(FunctionLength.all(in: SwiftText(text)) == expected)
    }

    @Test func whatHasNoBodyIsNoFunction() {
        let text = """
            protocol P {
                init(value: Int)
                func first() async throws -> Int
                static func second()
                var third: Int { get }
            }
            let made = P.init(value: 1)
            let again = make(init: 2) { 3 }
            /// func prose() { }
            let text = "func string() { }"
            """
        #expect(FunctionLength.all(in: SwiftText(text)) == [])
    }

    @Test func bracesInStringsAndCommentsDoNotCount() {
        let text = ##"""
            func brave() {
                let a = "{ \(value.map { "}" }) {"
                let b = #"\( { "quoted" \#(x) "#  // {{{
                /* { /* { */ { */
                let c = """
                    { "in" {
                    """
                let d = "\\"; let e = "\""
            }
            func next() {
            }
            """##
        #expect(FunctionLength.all(in: SwiftText(text)).map(\.length) == [9, 2])
    }

    @Test func anUnendingStringEndsWithItsLine() {
        let text = """
            func pattern() {
                let quote = /"/
            }
            func next() {
            }
            """
        #expect(FunctionLength.all(in: SwiftText(text)).map(\.name) == ["pattern", "next"])
    }

    @Test func blankingKeepsEveryColumn() {
        let text = SwiftText("let a = \"x\"  // y\nlet b = 1 /* z */ + 2")
        #expect(text.lines == ["let a =          ", "let b = 1         + 2"])
    }

    @Test func bannedWordsAreFoundAndTheirLookalikesAreNot() {
        #expect(Banned.isIn("let now = Date()", "Date("))
        #expect(Banned.isIn("update(); Date()", "Date("))
        #expect(!Banned.isIn("toDate()", "Date("))
        #expect(!Banned.isIn("fingerprint(value)", "print("))
        #expect(Banned.isIn("    print(value)", "print("))
        #expect(Banned.isIn("Int.random(in: 0..<3)", ".random("))
        #expect(!Banned.isIn("case .random:", ".random("))
        #expect(Banned.isIn("// TO" + "DO later", Banned.leftovers[0]))
    }

    /// The rules see the files they are about.
    @Test func theRepositoryIsFound() throws {
        #expect(Repository.exists("Package.swift"))
        let files = try Repository.swiftFiles()
        #expect(files.contains { $0.path == "Sources/HoldfastCore/Statistics/Draw.swift" })
        #expect(files.contains { $0.path == "Tests/TidyTests/ScannerTests.swift" })
        let functions = files.flatMap { FunctionLength.all(in: SwiftText($0.text)) }
        #expect(functions.count > 200)
    }
}
