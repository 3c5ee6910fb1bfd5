import Foundation
import HoldfastCore
import HoldfastReactor
import Synchronization
import Testing

@testable import HoldfastFleet

/// What the processes of one gateway know together; here several mappings of one file stand for them.
@Suite struct GatewayPageTests {
    private let path = NSTemporaryDirectory() + "holdfast-page-" + UUID().uuidString

    private func withTwo(_ body: (borrowing GatewayPage, borrowing GatewayPage) -> Void) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        body(try GatewayPage(path: path), try GatewayPage(path: path))
    }

    @Test func placesAreTheGateways() throws {
        try withTwo { one, other in
            var answers = [one.admit(upTo: 3), other.admit(upTo: 3), one.admit(upTo: 3)]
            answers += [other.admit(upTo: 3), one.admit(upTo: 3)]
            other.dismiss()
            answers += [one.admit(upTo: 3), one.admit(upTo: 3)]
            #expect(answers == [true, true, true, false, false, true, false])
        }
    }

    @Test func peaksAreTheGateways() throws {
        try withTwo { one, other in
            for _ in 0..<5 { one.noteOpened() }
            for _ in 0..<4 { other.noteOpened() }
            for _ in 0..<3 { one.noteClosed() }
            other.noteOpened()
            #expect(one.openPeak == 9)
            #expect(other.openPeak == 9)
            let second = Instant(nanoseconds: 7_000_000_000)
            let free = RateLimit(ratePerSecond: nil)
            for _ in 0..<30 { one.noteAccept(second, free) }
            for _ in 0..<12 { other.noteAccept(second + .milliseconds(999), free) }
            for _ in 0..<41 { other.noteAccept(second + .seconds(1), free) }
            // Somebody whose clock was read a moment earlier.
            one.noteAccept(second + .milliseconds(999), free)
            #expect(one.acceptsPeakPerSecond == 42)
            #expect(other.acceptsPeakPerSecond == 42)
        }
    }

    @Test func paceIsTheGateways() throws {
        try withTwo { one, other in
            let limit = RateLimit(ratePerSecond: 100)
            let now = Instant(nanoseconds: 9_000_000_000)
            one.noteAccept(now, limit)
            // What was missed in the last 20 ms is made up for.
            #expect(other.nextAccept == now - .milliseconds(10))
            other.noteAccept(now, limit)
            other.noteAccept(now, limit)
            #expect(one.nextAccept == now + .milliseconds(10))
        }
    }

    /// Four at once, each with a mapping of its own: nothing is lost, and nobody is let in beyond the limit.
    @Test func nothingIsLostBetweenThem() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let admitted = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask { [path] in
                    let page = try GatewayPage(path: path)
                    let limit = RateLimit(ratePerSecond: nil)
                    var admitted = 0
                    for _ in 0..<10_000 {
                        page.noteOpened()
                        page.noteAccept(Instant(nanoseconds: 5_000_000_000), limit)
                        if page.admit(upTo: 25_000) { admitted += 1 }
                    }
                    return admitted
                }
            }
            return try await group.reduce(0, +)
        }
        let page = try GatewayPage(path: path)
        #expect(admitted == 25_000)
        #expect(page.openPeak == 40_000)
        #expect(page.acceptsPeakPerSecond == 40_000)
    }

    @Test func aPageThatCannotBeIsRefused() {
        #expect(throws: SystemError.self) { _ = try GatewayPage(path: "/nonexistent/page").openPeak }
    }
}
