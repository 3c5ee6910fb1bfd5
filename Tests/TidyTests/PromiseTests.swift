import Testing

/// What the repository and its README promise is there.
@Suite struct PromiseTests {
    @Test func everythingAgreedIsAtTheTopLevel() throws {
        #expect(try RepositoryTests.topLevel.subtracting(Repository.topLevel()) == [])
    }

    @Test func noPlaceholderIsLeft() throws {
        let files = try Repository.swiftFiles().filter { $0.name == "Placeholder.swift" }
        #expect(files.map(\.path) == [])
    }

    @Test func theReadmePointsToFilesThatExist() throws {
        let links = Markdown.relativeLinks(in: try Repository.file("README.md").text)
        #expect(!links.isEmpty)
        for link in links { #expect(Repository.exists(link), "README.md links to \(link)") }
    }

    @Test func theReadmeShowsCommandsThatExist() throws {
        let commands = Markdown.subcommands(of: "holdfast", in: try Repository.file("README.md").text)
        #expect(commands.contains("run"))
        let files = try Repository.files(below: "Sources/holdfast", endingIn: "Command.swift").map(\.name)
        for command in commands {
            let name = "\(Markdown.typeName(ofCommand: command))Command.swift"
            #expect(files.contains(name), "README.md shows `holdfast \(command)`, but there is no \(name)")
        }
    }

    @Test func theReadmeShowsPlansThatExist() throws {
        let plans = try Repository.file("README.md").text.matches(of: /Plans\/[a-z0-9-]+\.yaml/).map { String($0.0) }
        #expect(plans.contains("Plans/quickstart.yaml"))
        for plan in plans { #expect(Repository.exists(plan), "README.md shows \(plan)") }
    }
}
