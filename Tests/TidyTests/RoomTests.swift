import Testing

/// Imports point down only.
@Suite struct RoomTests {
    @Test func everyImportPointsDown() throws {
        for file in try Repository.files(below: "Sources", endingIn: ".swift") where !file.isGenerated {
            let room = String(file.path.split(separator: "/")[1])
            let allowed = RoomTable.allowed(in: room)
            for (module, line) in RoomTable.imports(of: SwiftText(file.text)) where !allowed.contains(module) {
                Issue.record("\(file.path):\(line): \(room) must not import \(module)")
            }
        }
    }

    /// A room that the table does not know would be free to import anything it likes.
    @Test func everyRoomIsInTheTable() throws {
        let paths = try Repository.files(below: "Sources", endingIn: ".swift").map(\.path)
        let rooms = Set(paths.map { String($0.split(separator: "/")[1]) })
        #expect(!rooms.isEmpty)
        #expect(rooms.subtracting(RoomTable.rooms.keys) == [])
    }

    @Test func noRoomIsBelowItself() {
        for room in RoomTable.rooms.keys { #expect(!RoomTable.below(room).contains(room)) }
        #expect(RoomTable.below("holdfast").count == RoomTable.rooms.count - 1)
    }

    @Test func whatIsBelowComesWithIt() {
        #expect(RoomTable.below("HoldfastReport") == ["HoldfastResult", "HoldfastPlan", "HoldfastCore"])
        #expect(RoomTable.allowed(in: "HoldfastWorker").contains("HoldfastPlan"))
        #expect(!RoomTable.allowed(in: "HoldfastWorker").contains("CHoldfastCurl"))
        #expect(RoomTable.allowed(in: "HoldfastCore") == [])
    }

    @Test func importsInAllTheirForms() {
        let text = SwiftText(
            """
            import Testing
            // import Prose
            @testable import HoldfastCore
            @preconcurrency public import struct Foundation.URL
            let text = "import Strings"
            let important = 1
            """
        )
        let found = RoomTable.imports(of: text)
        #expect(found.map(\.module) == ["Testing", "HoldfastCore", "Foundation"])
        #expect(found.map(\.line) == [1, 3, 4])
    }
}
