import Testing

/// The repository as a whole: nothing lies about, and what is said is there.
@Suite struct RepositoryTests {
    static let topLevel: Set = ["LICENSE", "Package.swift", "Plans", "README.md", "Sources", "Tests", "dashboards"]

    @Test func theTopLevelIsWhatWasAgreed() throws {
        #expect(try Repository.topLevel().subtracting(Self.topLevel) == [])
    }

    /// A plan that no test reads is a promise that nobody keeps.
    @Test func everyPlanIsNamedByATest() throws {
        let tests = try Repository.files(below: "Tests", endingIn: ".swift").map(\.text).joined()
        for plan in try Repository.files(below: "Plans", endingIn: ".yaml") {
            let name = plan.name.dropLast(".yaml".count)
            #expect(tests.contains("\"\(name)\"") || tests.contains(plan.name), "no test names \(plan.path)")
        }
    }

    @Test func everyDashboardIsNamedByATest() throws {
        let tests = try Repository.files(below: "Tests", endingIn: ".swift").map(\.text).joined()
        for dashboard in try Repository.files(below: "dashboards", endingIn: ".json") {
            #expect(tests.contains(dashboard.name), "no test names \(dashboard.path)")
        }
    }

    @Test func everyArticleHasOneTitleAndItsLinksResolve() throws {
        let pages = try Repository.files(below: "Sources", endingIn: ".md")
        #expect(!pages.isEmpty)
        for page in pages {
            #expect(Markdown.titles(in: page.text).count == 1, "\(page.path) needs one title")
            let catalogue = page.path.split(separator: "/").dropLast().joined(separator: "/")
            for article in Markdown.articles(in: page.text) {
                #expect(Repository.exists("\(catalogue)/\(article).md"), "\(page.path) names \(article)")
            }
        }
    }
}

@Suite struct MarkdownTests {
    @Test func linksAndTheirLookalikes() {
        let text = "[a](Sources/A.md#part) [b](https://example.org) [c](#here) ![d](d.png) f(x)"
        #expect(Markdown.relativeLinks(in: text) == ["Sources/A.md", "d.png"])
    }

    @Test func subcommandsInCodeOnly() {
        let text = """
            A holdfast grips. `holdfast validate PLAN` and `holdfast --help`; `.build/release/holdfast` too.
            ```sh
            swift run -c release holdfast run Plans/quickstart.yaml && holdfast verify-all
            ```
            """
        #expect(Markdown.subcommands(of: "holdfast", in: text) == ["validate", "run", "verify-all"])
        #expect(Markdown.typeName(ofCommand: "verify-all") == "VerifyAll")
    }

    @Test func titlesOutsideCode() {
        #expect(Markdown.titles(in: "# One\n```\n# comment\n```\n## Two\ntext # three") == ["# One"])
        #expect(Markdown.articles(in: "See <doc:Randomness> and <https://example.org>.") == ["Randomness"])
    }
}
