import HoldfastCore
import Testing

@Suite struct SourceAddressingTests {
    @Test(arguments: [
        (UInt32(0), "127.1.0.1"), (1, "127.1.0.2"), (249, "127.1.0.250"), (250, "127.1.1.1"), (63_999, "127.1.255.250"),
    ])
    func gatewaysHaveAddresses(gateway: GatewayID, text: String) {
        let address = FleetAddressing.gateway(gateway)
        #expect(dottedQuad(address) == text)
        #expect(FleetAddressing.gateway(at: address) == gateway)
    }

    @Test func balancerHasAnAddressThatNoGatewayHas() {
        #expect(dottedQuad(FleetAddressing.balancer) == "127.2.0.1")
        #expect(FleetAddressing.gateway(at: FleetAddressing.balancer) == nil)
        #expect(FleetAddressing.gateway(at: 0x7F01_00FB) == nil)
        #expect(FleetAddressing.gateway(at: 0x7F01_0000) == nil)
    }

    struct Row: Sendable {
        var crowd = 1
        var excluded: [UInt16] = []
        var session: SessionID
        var ordinal: Ordinal
        var source: String
    }

    /// 32768 is Linux's usual start of the ephemeral range: 31,744 ports.
    @Test(arguments: [
        Row(session: 0, ordinal: 0, source: "127.64.0.1:1024"),
        Row(session: 0, ordinal: 31_743, source: "127.64.0.1:32767"),
        Row(session: 0, ordinal: 31_744, source: "127.64.0.1:1024"),
        Row(session: 254, ordinal: 1, source: "127.64.0.255:1025"),
        Row(session: 255, ordinal: 0, source: "127.64.1.0:1024"),
        Row(crowd: 10, session: 9, ordinal: 0, source: "127.64.0.1:29590"),
        Row(crowd: 10, session: 10, ordinal: 3174, source: "127.64.0.2:1024"),
        Row(excluded: [1024], session: 0, ordinal: 0, source: "127.64.0.1:1025"),
        Row(excluded: [1026, 1027, 40_000], session: 0, ordinal: 2, source: "127.64.0.1:1028"),
        Row(excluded: [1026, 1027, 40_000], session: 0, ordinal: 31_741, source: "127.64.0.1:32767"),
    ])
    func sources(row: Row) throws {
        let addressing = try #require(SourceAddressing(crowd: row.crowd, low: 32_768, excluded: row.excluded))
        #expect(addressing.source(session: row.session, ordinal: row.ordinal).description == row.source)
    }

    @Test(arguments: [1, 2, 7, 250, 31_739])
    func everySourceTellsItsOwner(crowd: Int) throws {
        let excluded: [UInt16] = [1024, 1100, 5000, 5001, 32_767]
        let addressing = try #require(SourceAddressing(crowd: crowd, low: 32_768, excluded: excluded))
        for step in UInt32(0)..<2000 {
            let session = UInt32(
                below(UInt64(min(addressing.sessionLimit, 1 << 31)), Seed(1).draw(.swarm, actor: 1, UInt64(step)))
            )
            let ordinal = step &* 37
            let source = addressing.source(session: session, ordinal: ordinal)
            #expect(!excluded.contains(source.port))
            #expect((1024..<32_768).contains(source.port))
            let owner = try #require(addressing.owner(of: source))
            #expect(owner.session == session)
            #expect(owner.ordinal == ordinal % addressing.portsPerSession)
        }
    }

    @Test func sessionsOfACrowdNeverShareAPort() throws {
        let addressing = try #require(SourceAddressing(crowd: 5, low: 1060, excluded: [1030]))
        #expect(addressing.portsPerSession == 7)
        var seen: Set<Endpoint> = []
        for session in UInt32(0)..<10 {
            for ordinal in UInt32(0)..<7 { seen.insert(addressing.source(session: session, ordinal: ordinal)) }
        }
        #expect(seen.count == 70)
    }

    @Test(arguments: [
        "127.64.0.0:1024", "127.128.0.0:1024", "127.127.255.255:1024", "127.0.0.1:1024", "127.64.0.1:1023",
        "127.64.0.1:1030", "127.64.0.1:2000",
    ])
    func strangersHaveNoOwner(text: String) throws {
        let addressing = try #require(SourceAddressing(crowd: 5, low: 1060, excluded: [1030]))
        #expect(addressing.owner(of: endpoint(text)) == nil)
    }

    @Test func aSessionNeedsAPort() {
        #expect(SourceAddressing(crowd: 10, low: 1034) != nil)
        #expect(SourceAddressing(crowd: 11, low: 1034) == nil)
        #expect(SourceAddressing(crowd: 10, low: 1034, excluded: [1024]) == nil)
        #expect(SourceAddressing(crowd: 0, low: 1034) == nil)
        #expect(SourceAddressing(crowd: 1, low: 1024) == nil)
    }

    @Test func proxiesConnectFromAnAddressOfTheirOwn() {
        #expect(SourceAddressing.upstream(of: endpoint("127.64.3.4:1029")) == endpoint("127.128.3.4:1029"))
    }

    @Test(arguments: ["127.64.3.4:1029", "127.128.3.4:1029", "127.192.3.4:1029"])
    func whoeverIsBehindProxiesIsFound(source: String) {
        #expect(SourceAddressing.origin(of: endpoint(source)) == endpoint("127.64.3.4:1029"))
    }

    @Test func strangersComeFromWhereTheySeemTo() {
        #expect(SourceAddressing.origin(of: endpoint("127.0.0.1:1029")) == endpoint("127.0.0.1:1029"))
    }

    private func endpoint(_ text: String) -> Endpoint {
        let numbers = text.split { ".:".contains($0) }.compactMap { UInt32($0) }
        return Endpoint(
            address: numbers[0] << 24 | numbers[1] << 16 | numbers[2] << 8 | numbers[3],
            port: UInt16(numbers[4])
        )
    }
}
