import Foundation
import HoldfastControl
import HoldfastCore
import Testing

/// What is said to an etcd and what it says, as etcd 3.4.23 was heard to.
@Suite struct EtcdExchangeTests {
    private static let url = "http://127.2.0.2:1"

    @Test func whatIsAsked() throws {
        let lease = try #require(EtcdLease(granted: Array(#"{"ID":"7534137379014242566","TTL":"2"}"#.utf8)))
        let grant = EtcdExchange.grant(ttl: .seconds(10), at: Self.url)
        #expect(grant.url == "http://127.2.0.2:1/v3/lease/grant")
        #expect(String(decoding: grant.body, as: UTF8.self) == #"{"TTL":"10"}"#)
        let renewal = EtcdExchange.renew(lease, at: Self.url)
        #expect(String(decoding: renewal.body, as: UTF8.self) == #"{"ID":"7534137379014242566"}"#)
        let put = EtcdExchange.put(LoadReport(load: 812), of: 3, by: lease, at: Self.url)
        let fields = try #require(JSONSerialization.jsonObject(with: Data(put.body)) as? [String: String])
        let texts = try fields.filter { $0.key != "lease" }
            .mapValues { String(decoding: try #require(Data(base64Encoded: $0)), as: UTF8.self) }
        #expect(texts == ["key": "/holdfast/gateways/3", "value": #"{"load":812}"#])
        #expect(fields["lease"] == "7534137379014242566")
    }

    /// The range of all keys with the prefix ends at the prefix with its last byte one higher.
    @Test func everyGatewayIsAskedFor() throws {
        let list = EtcdExchange.list(at: Self.url)
        let fields = try #require(JSONSerialization.jsonObject(with: Data(list.body)) as? [String: String])
        let texts = try fields.mapValues { String(decoding: try #require(Data(base64Encoded: $0)), as: UTF8.self) }
        #expect(texts == ["key": "/holdfast/gateways/", "range_end": "/holdfast/gateways0"])
        let watch = EtcdExchange.watch(after: 41, at: Self.url)
        #expect(watch.url == "http://127.2.0.2:1/v3/watch")
        #expect(String(decoding: watch.body, as: UTF8.self).contains(#""start_revision":"42""#))
    }

    @Test(arguments: [
        (#"{"result":{"header":{"revision":"3"},"ID":"75","TTL":"2"}}"#, true),
        (#"{"result":{"header":{"revision":"3"},"ID":"75"}}"#, false), ("", false),
    ])
    func aLeaseThatIsGoneHasNoTimeToLive(answer: String, isRenewed: Bool) {
        #expect(EtcdLease.isRenewed(by: Array(answer.utf8)) == isRenewed)
    }

    @Test func aListing() {
        let key = Data("/holdfast/gateways/12".utf8).base64EncodedString()
        let strange = Data("/holdfast/gateways/x".utf8).base64EncodedString()
        let value = Data(#"{"load":5}"#.utf8).base64EncodedString()
        let header = #"{"cluster_id":"4743436818913473434","revision":"17","raft_term":"2"}"#
        let entries = [key, strange].map { #"{"key":"\#($0)","mod_revision":"9","value":"\#(value)","lease":"75"}"# }
        let listing = EtcdListing(Array(#"{"header":\#(header),"kvs":[\#(entries.joined(separator: ","))]}"#.utf8))
        #expect(listing?.revision == 17)
        #expect(listing?.reports == [12: LoadReport(load: 5)])
        #expect(EtcdListing(Array(#"{"header":\#(header)}"#.utf8))?.reports == [:])
        #expect(EtcdListing(Array(#"{"error":"etcdserver: no leader","code":14}"#.utf8)) == nil)
    }

    @Test func news() {
        let key = Data("/holdfast/gateways/2".utf8).base64EncodedString()
        let value = Data(#"{"load":7}"#.utf8).base64EncodedString()
        let put = #"{"kv":{"key":"\#(key)","create_revision":"2","version":"1","value":"\#(value)","lease":"75"}}"#
        let delete = #"{"type":"DELETE","kv":{"key":"\#(key)","mod_revision":"3"}}"#
        func read(_ text: String) -> [EtcdNews]? { EtcdNews.read(line: Array(text.utf8)) }
        #expect(read(#"{"result":{"header":{"revision":"1"},"created":true}}"#) == [])
        #expect(
            read(#"{"result":{"header":{"revision":"3"},"events":[\#(put),\#(delete)]}}"#)
                == [.report(LoadReport(load: 7), of: 2), .gone(2)]
        )
        #expect(read(#"{"result":{"header":{"revision":"9"},"canceled":true,"compact_revision":"5"}}"#) == nil)
        #expect(read(#"{"error":{"grpc_code":14,"message":"transport is closing"}}"#) == nil)
    }
}
