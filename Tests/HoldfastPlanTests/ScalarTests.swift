import HoldfastCore
import Testing

@testable import HoldfastPlan

@Suite struct ScalarTests {
    @Test(arguments: [
        ("250ms", Int64(250_000_000)), ("10s", 10_000_000_000), ("4m30s", 270_000_000_000), ("2h", 7_200_000_000_000),
        ("1m", 60_000_000_000), ("0s", 0), ("0.5s", 500_000_000), ("1h0.5s", 3_600_500_000_000), ("7us", 7000),
        ("3ns", 3), ("90m", 5_400_000_000_000),
    ])
    func durations(text: String, nanoseconds: Int64) {
        #expect(ScalarText.span(text) == Span(nanoseconds: nanoseconds))
    }

    @Test(arguments: [
        "", "10", "s", "10 s", "-1s", "1:30", "30s4m", "1s1s", "0.5m30s", "1d", "10S", ".5s", "1.s", "1e3s",
        "99999999h", "١s",
    ])
    func wrongDurations(text: String) {
        #expect(ScalarText.span(text) == nil)
    }

    @Test(arguments: [Int64(0), 1, 999, 1_500_000_000, 59_999_999_999, 3_661_001_001_001, 315_359_999_999_999_999])
    func durationsReadBack(nanoseconds: Int64) {
        let span = Span(nanoseconds: nanoseconds)
        #expect(ScalarText.span(ScalarText.text(span)) == span)
    }

    @Test(arguments: [
        ("500/s", 500.0), ("1/m", 1.0 / 60), ("36/h", 0.01), ("0.5/s", 0.5), ("500", nil), ("500/d", nil), ("/s", nil),
        ("5/s/s", nil),
    ])
    func rates(text: String, perSecond: Double?) {
        #expect(ScalarText.rate(text) == perSecond)
    }

    @Test(arguments: [
        ("200B", UInt64(200)), ("4KiB", 4096), ("1MiB", 1 << 20), ("2KB", 2000), ("2kB", 2000), ("200", nil),
        ("4kib", nil), ("1.5KiB", nil), ("99999999999999999GiB", nil),
    ])
    func sizes(text: String, bytes: UInt64?) {
        #expect(ScalarText.size(text) == bytes)
    }

    @Test(arguments: [
        ("0.8", 0.8), ("80%", 0.8), ("1", 1.0), ("%", nil), ("-1", nil), ("0x1", nil), ("nan", nil), ("1.", nil),
    ])
    func fractions(text: String, value: Double?) {
        #expect(ScalarText.fraction(text) == value)
    }

    @Test(arguments: [
        ("algoritm", "algorithm"), ("algo", nil), ("gatewasy", "gateways"), ("Via", "via"), ("rst", nil),
        ("balancing", "balancer"), ("x", nil), ("", nil),
    ])
    func nearNames(word: String, expected: String?) {
        #expect(nearestName(to: word, among: ["gateways", "via", "algorithm", "balancer"]) == expected)
    }

    /// Twelve names fit a line; of thirteen, eight are named, the nearest when something was written.
    @Test func longListsNameSomeAndSayWhereTheOthersAre() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "mango"]
        #expect(listed(Array(names.prefix(12))) == "a, b, c, d, e, f, g, h, i, j, k or l")
        #expect(listed(Array(names.prefix(12)), near: "l") == "a, b, c, d, e, f, g, h, i, j, k or l")
        #expect(listed(names) == "a, b, c, d, e, f, g, h or another of WritingPlans.md")
        #expect(listed(names, near: "Magno", in: "X.md") == "mango, a, g, b, c, d, e, f or another of X.md")
        #expect(listed(names, near: String(repeating: "x", count: 1 << 20)).count < 120)
    }

    @Test func editsCountSwapsOnce() {
        #expect(editDistance(Array("abcd"), Array("abdc")) == 1)
        #expect(editDistance(Array("kitten"), Array("sitting")) == 3)
        #expect(editDistance(Array(""), Array("abc")) == 3)
        #expect(editDistance(Array("ca"), Array("abc")) == 3)
    }

    @Test func messagesAreOneLineWhateverTheyQuote() {
        let place = Place(source: "a\nb.yaml", line: 3, column: 4)
        let found = quoted("x\r\n\u{2028}\u{1B}y")
        let line = PlanDiagnostic(at: place, found: found, expected: "less", suggestion: "z").description
        #expect(line == "a\\nb.yaml:3:4: error: `x\\r\\n\\u{2028}\\u{1B}y`; expected less; did you mean z?")
    }
}
