import Foundation
import HoldfastControl
import HoldfastCore
import HoldfastReactor
import HoldfastResult
import Testing

@testable import HoldfastFleet

/// Gateways that know of each other's logins, each with its own mapping of the page and its own reactor.
@Suite final class GatewayAccountTests {
    private static let accounts = 200
    private let path = NSTemporaryDirectory() + "hf-" + UUID().uuidString.prefix(8)

    deinit {
        unlink(path)
        for process in 0..<2 { unlink("\(path).bell-\(process)") }
    }

    /// One of two gateways; its clients have addresses of their own.
    private final class Bench {
        let node: Node<GatewayServer>
        let page: AccountPage
        private let endpoint: Endpoint
        private let host: UInt32

        init(_ path: String, host: UInt32, process: Int, _ rule: DuplicateLogin = .notify) throws {
            self.host = host
            let accounts = GatewayAccountTests.accounts
            page = try AccountPage(path: path, sessions: 3 * accounts, accounts: accounts, processes: 2)
            let local = Endpoint(address: 0x7F00_0001, port: 0)
            let identity = GatewayServer.Identity(gateway: GatewayID(process), incarnation: 0, run: 1, endpoint: local)
            var server = GatewayServer(identity: identity, policies: [GatewayPolicy()], capacity: 300)
            server.accounts = GatewayAccounts(rule, page: page, process: process, slots: 300)
            let slots = server.slots
            node = try Node(server, slots: slots)
            try node.driver.server.listen(&node.reactor)
            endpoint = try #require(Socket.localEndpoint(node.reactor.descriptor(of: 300)))
        }

        var population: GatewayPopulation { node.driver.server.population }

        func connect(_ session: SessionID, _ ordinal: Ordinal = 0, account: UInt32? = nil) -> Peer {
            let peer = Peer(from: Source.endpoint(suite: 7, test: 4 * host, session), to: endpoint)
            let own = UInt32(page.account(of: session))
            peer.write(
                Hello(
                    group: 0,
                    session: session,
                    ordinal: ordinal,
                    account: account ?? own,
                    intervalMilliseconds: 0,
                    run: 1
                )
            )
            return peer
        }

        func logIn(_ sessions: Range<SessionID>) -> [Peer] {
            let known = population.opened
            let peers = sessions.map { connect($0) }
            #expect(node.settle { population.opened == known + UInt64(sessions.count) })
            return peers
        }

        func turn() { for _ in 0..<5 { node.turn() } }

        /// What it does once a second.
        func review() {
            node.driver.server.deadlineReached(node.driver.server.bellSlot, &node.reactor)
        }
    }

    private func pair(_ host: UInt32, _ rule: DuplicateLogin = .notify) throws -> (Bench, Bench) {
        (try Bench(path, host: host, process: 0, rule), try Bench(path, host: host + 1, process: 1, rule))
    }

    /// The older session is told, or is not; the worker finds out which connections it was.
    @Test(arguments: [DuplicateLogin.notify, .silent])
    func theNewerLoginEndsTheOlder(rule: DuplicateLogin) throws {
        let (one, other) = try pair(rule == .notify ? 0 : 2, rule)
        let older = one.logIn(0..<3)
        let newer = other.logIn(201..<202)
        #expect(one.node.settle { older[1].outcome == .finished })
        #expect(older[1].frames.dropFirst() == (rule == .notify ? [.kick(.duplicate)] : []))
        one.turn()
        other.turn()
        #expect(older[0].outcome == nil && older[2].outcome == nil && newer[0].outcome == nil)
        #expect(one.population.closed == 1 && other.population.closed == 0)
        #expect(other.page.wasEnded(AccountPage.Connection(session: 1, ordinal: 0)))
        #expect(!other.page.wasEnded(AccountPage.Connection(session: 201, ordinal: 0)))
    }

    /// Both on one gateway, and three of them: the last one stays. So it is with one session that comes back while its
    /// gateway still has what was left of its last connection.
    @Test func onTheSameGatewayAsWell() throws {
        let (one, other) = try pair(4)
        let peers = [one.connect(7), one.connect(207), one.connect(407)]
        #expect(one.node.settle { one.population.opened == 3 && one.population.closed == 2 })
        #expect(peers.count { $0.outcome == nil } == 1)
        let ghost = other.connect(9)
        #expect(other.node.settle { other.population.opened == 1 })
        let back = one.connect(9, 1)
        #expect(one.node.settle { one.population.opened == 4 })
        #expect(other.node.settle { ghost.outcome == .finished })
        #expect(back.outcome == nil)
    }

    /// More than any queue holds are told while a gateway stands still: they end when it runs again.
    @Test func whoeverStandsStillHearsOfItLater() throws {
        let (one, other) = try pair(6)
        let older = one.logIn(0..<200)
        let newer = other.logIn(200..<400)
        #expect(older.allSatisfy { $0.outcome == nil })
        #expect(one.node.settle { one.population.closed == 200 })
        #expect(older.allSatisfy { $0.frames.last == .kick(.duplicate) })
        one.turn()
        other.turn()
        #expect(newer.allSatisfy { $0.outcome == nil })
    }

    /// One that stalls has its bell rung in vain until it looks again.
    @Test func whoeverStallsLooksLater() throws {
        let (one, other) = try pair(8)
        let older = one.logIn(0..<2)
        one.node.driver.server.stall()
        _ = other.logIn(200..<201)
        one.turn()
        one.review()
        #expect(older[0].outcome == nil)
        one.node.driver.server.recover(&one.node.reactor)
        #expect(one.node.settle { older[0].outcome == .finished })
        #expect(older[1].outcome == nil)
    }

    /// Another gateway took an account over and was killed before it could say so. Or what took it has left again: then
    /// the older one has it, and the next login finds it.
    @Test(arguments: [false, true])
    func whatNobodySaidIsFoundByLooking(isFree: Bool) throws {
        let (one, other) = try pair(isFree ? 10 : 12)
        let older = one.logIn(0..<2)
        let lost = AccountPage.Connection(session: 200, ordinal: 0)
        _ = other.page.enter(lost, at: 1)
        #expect(other.page.takeNews(of: 0) == [0])
        if isFree { other.page.leave(lost, at: 1) }
        one.turn()
        #expect(older[0].outcome == nil)
        one.review()
        #expect(one.node.settle { isFree || older[0].outcome == .finished })
        guard isFree else { return }
        #expect(older[0].outcome == nil)
        _ = other.logIn(400..<401)
        #expect(one.node.settle { older[0].outcome == .finished })
        #expect(older[1].outcome == nil)
    }

    /// The gateway of the older one is dead, and another process in its place.
    @Test func theDeadAreNoObstacle() throws {
        var one: Bench? = try Bench(path, host: 14, process: 0)
        _ = one?.logIn(0..<2)
        one = nil
        let other = try Bench(path, host: 15, process: 1)
        let newer = other.logIn(200..<201)
        let again = try Bench(path, host: 16, process: 0)
        let back = again.logIn(0..<1)
        #expect(other.node.settle { newer[0].outcome == .finished })
        again.turn()
        #expect(back[0].outcome == nil)
    }

    /// Nobody logs in with an account that is not the plan's, nor as a session that it does not have.
    @Test func strangeAccountsAreTurnedAway() throws {
        let one = try Bench(path, host: 17, process: 0)
        let peers = [one.connect(5, account: 6), one.connect(600, account: 0)]
        #expect(one.node.settle { peers.allSatisfy { $0.outcome == .finished } })
        #expect(peers.allSatisfy { $0.frames == [.bye(.protocolViolation)] })
        #expect(one.population.opened == 0)
    }
}
