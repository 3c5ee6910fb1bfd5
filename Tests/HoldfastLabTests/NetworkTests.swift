import Glibc
import HoldfastCore
import Testing

@testable import HoldfastLab

@Suite struct NetworkTests {
    private static let header =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

    @Test(arguments: [
        ("   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000", [8080] as [UInt16]),
        ("   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000", []),
        ("   0: 00000000:1F90 0100007F:C350 01 00000000:00000000", []),
        ("   0: 00000000:03FF 00000000:0000 0A", []),
        ("   0: 00000000:0400 00000000:0000 0A", [1024]),
        ("   0: 00000000:7FFF 00000000:0000 0A", [32_767]),
        ("   0: 00000000:8000 00000000:0000 0A", []),
        ("   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A", [8080]),
        ("   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A", []),
        ("   0: 00000000:1F90 00000000:0000 0A\n   1: 00000000:0800 00000000:0000 0A", [2048, 8080]),
        ("   0: 00000000:1F90 00000000:0000 0A\n   1: 00000000:1F90 00000000:0000 0A", [8080]),
        ("", []),
        ("   0: 00000000 00000000:0000 0A", []),
        ("   0: 00000000:XYZ 00000000:0000 0A", []),
    ])
    func wildcardListenersOfATable(lines: String, expected: [UInt16]) {
        #expect(WildcardListeners.ports(in: [Self.header + lines], within: 1024..<32_768) == expected)
    }

    @Test func aRealWildcardListenerIsSeenAndAvoided() throws {
        let addresses = ["127.9.1.1", "127.9.1.2"]
        // Apart from where the other tests look: it has to be free on every address.
        let port = try FreePort.find(on: ["0.0.0.0"], among: 5_000..<9_000, start: Int.random(in: 0..<4_000))
        let everywhere = try Listener(address: "0.0.0.0", port: port)
        #expect(WildcardListeners.current().contains(port))
        #expect(try FreePort.find(on: addresses, among: port..<port + 2, start: 0) == port + 1)
        everywhere.close()
        #expect(!WildcardListeners.current().contains(port))
    }

    @Test func aPortMustBeFreeOnEveryAddress() throws {
        let addresses = ["127.9.2.1", "127.9.2.2", "127.9.2.3"]
        let port = try FreePort.find(on: addresses)
        #expect(port >= 10_000 && port < EphemeralRange.current().low)
        let last = try Listener(address: "127.9.2.3", port: port)
        defer { last.close() }
        let bounds = port..<port + 1
        #expect(throws: FreePortError.none(addresses: addresses, bounds: bounds)) {
            try FreePort.find(on: addresses, among: bounds, start: 0)
        }
        #expect(try FreePort.find(on: Array(addresses.prefix(2)), among: bounds, start: 0) == port)
    }

    @Test func addressesThatAreNotOursAreRefused() {
        #expect(throws: FreePortError.notAnAddress("localhost")) { try FreePort.find(on: ["localhost"]) }
        #expect(throws: FreePortError.system("192.0.2.1", errorNumber: EADDRNOTAVAIL)) {
            try FreePort.find(on: ["192.0.2.1"])
        }
    }

    @Test(arguments: [
        ("32768\t60999\n", EphemeralRange(low: 32_768, high: 60_999) as EphemeralRange?),
        ("1024 1024", EphemeralRange(low: 1024, high: 1024)), ("60999\t32768", nil), ("1024", nil), ("", nil),
        ("1024\t70000", nil), ("a\tb", nil),
    ])
    func ephemeralRanges(text: String, expected: EphemeralRange?) {
        #expect(EphemeralRange.parse(text) == expected)
    }

    @Test func theEphemeralRangeCountsBothEnds() {
        #expect(EphemeralRange(low: 32_768, high: 60_999).count == 28_232)
    }

    @Test func limitsAreThoseOfTheMachine() {
        let raised = SystemLimits.raiseDescriptors()
        let limits = SystemLimits.current()
        #expect(limits.descriptorsSoft == raised)
        #expect(limits.descriptorsHard == raised)
        #expect(limits.acceptQueue > 0)
        #expect(limits.memoryAvailableBytes > 0)
        #expect(limits.memoryTotalBytes > limits.memoryAvailableBytes)
    }

    @Test(arguments: [
        ("MemTotal:       16384 kB\nMemFree: 1 kB\n", 16_777_216 as Int?), ("MemFree: 1 kB\n", nil),
        ("MemTotal: 1 MB\n", nil), ("MemTotals: 1 kB\n", nil), ("", nil),
    ])
    func memoryLines(text: String, expected: Int?) {
        #expect(SystemLimits.bytes(of: "MemTotal", in: text) == expected)
    }
}
