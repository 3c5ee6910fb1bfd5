// Compiled together with the core and with what counts allocations, as a release is; prints one line for each part of
// the brain: its name and how many blocks of memory it asked for; and last how much longer one event of a session takes
// than one step of a plain loop.

import Glibc

@_silgen_name("allocation_count")
func allocationCount() -> UInt64

@inline(never)
func livedSession(rounds: Int) -> UInt32 {
    let policy = SessionPolicy(
        seed: Seed(42),
        heartbeat: .article3x5,
        reconnect: ReconnectPolicy(delay: .exponential(base: .seconds(1), cap: .seconds(60), jitter: .full)),
        selection: .client(.random, gateways: 5, onFailure: .switchGateway)
    )
    var session = Session(id: 1)
    var now = Instant.zero
    func handle(_ event: SessionEvent) {
        session.handle(event, now: now, policy: policy)
        while session.nextAction() != nil {}
    }
    for round in 0..<rounds {
        handle(round == 0 ? .started : .deadlineReached)
        handle(.connectFailed(.refused))
        now = session.deadline
        handle(.deadlineReached)
        handle(.connected)
        handle(.admitted(by: 2, intervalMilliseconds: 0))
        for beat in UInt32(1)...5 {
            now = session.deadline
            handle(.deadlineReached)
            session.noteProofOfLife(now)
            handle(.received(.pong(sequence: beat, intervalMilliseconds: 0)))
            handle(.received(.ping(sequence: beat)))
        }
        switch round % 5 {
        case 0: handle(.closedByPeer(.fin))
        case 1: handle(.closedByPeer(.reset))
        case 2: handle(.writeFailed)
        case 3: handle(.timedOut(.retransmission))
        default: handle(.commanded(.drop(.policy, by: .reset)))
        }
        now = session.deadline
    }
    return session.attempts
}

@inline(never)
func livedConnections(rounds: Int) -> Int {
    let policy = GatewayPolicy(idleTimeout: .seconds(60))
    var ended = 0
    for round in 0..<rounds {
        var now = Instant.zero + .seconds(Int64(round))
        var connection = GatewayConnection(acceptedAt: now, policy: policy)
        connection.handle(.loggedIn(session: 1, ordinal: 2), now: now, policy: policy)
        while connection.nextAction() != nil {}
        for beat in UInt32(0)..<5 {
            connection.handle(.received(.ping(sequence: beat)), now: now, policy: policy)
            while connection.nextAction() != nil {}
        }
        now = connection.deadline
        connection.handle(.deadlineReached, now: now, policy: policy)
        while let action = connection.nextAction() { if action == .notedEnd { ended += 1 } }
    }
    return ended
}

@inline(never)
func picked(_ balancer: inout Balancer, rounds: UInt32) {
    for session in 0..<rounds {
        let now = Instant.zero + .milliseconds(Int64(session))
        guard let gateway = balancer.pick(session: session, ordinal: 0, now: now) else { continue }
        if session % 500 == 0 {
            _ = balancer.pickAgain(after: gateway, session: session, ordinal: 0, attempt: 0, now: now)
        } else if session % 3 == 0 {
            balancer.closed(gateway)
        }
    }
}

@inline(never)
func routed(_ service: inout RoutingService, rounds: UInt64) -> Int {
    var answers = 0
    for round in 0..<rounds {
        let now = Instant.zero + .milliseconds(Int64(round))
        if round % 100 == 0 {
            for gateway in GatewayID(0)..<8 { service.report(round % 97 + UInt64(gateway), of: gateway, at: now) }
        }
        let avoidance = Avoidance(avoided: GatewayID(round % 8), quarantined: GatewayID(round % 3))
        if service.route(mix64(round), avoiding: avoidance, now: now) != nil { answers += 1 }
    }
    return answers
}

@inline(never)
func pickedByClients(_ algorithm: ClientAlgorithm, rounds: UInt32) -> UInt32 {
    var changes: UInt32 = 0
    var last = noGateway
    for session in 0..<rounds {
        let pick = ClientPick.gateway(
            algorithm,
            gateways: 8,
            session: session,
            ordinal: session % 3,
            last: last,
            avoided: session % 2 == 0 ? last : noGateway,
            quarantined: session % 5,
            seed: Seed(42)
        )
        changes += pick == last ? 0 : 1
        last = pick
    }
    return changes
}

@inline(never)
func passedWebSocketFrames(rounds: Int, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    var decoder = WebSocketDecoder(.server)
    var frames = 0
    let text: StaticString = "a text of forty bytes, no more, no less!"
    let payload = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    for round in 0..<rounds {
        let mask = UInt32(truncatingIfNeeded: mix64(UInt64(round)))
        var filled = WebSocketEncoder.encode(.text, isFinal: false, payload: payload, mask: mask, into: buffer)
        let second = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        filled += WebSocketEncoder.encode(.ping, payload: payload, mask: mask, into: second)
        let third = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        filled += WebSocketEncoder.encode(.continuation, payload: payload, mask: mask, into: third)
        var start = 0
        while start < filled {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<filled])
            guard case .frame(_, let consumed) = decoder.decode(rest) else { return frames }
            start += consumed
            frames += 1
        }
    }
    return frames
}

@inline(never)
func count(_ name: String, _ body: () -> Void) {
    let before = allocationCount()
    body()
    let allocations = allocationCount() - before
    print(name, allocations)
}

count("control") { for number in 0..<10 { keep(Array(repeating: number, count: 100)) } }
count("session") { precondition(livedSession(rounds: 1_000) == 2_000) }
count("gateway-connection") { precondition(livedConnections(rounds: 1_000) == 1_000) }
for algorithm in BalancingAlgorithm.allCases {
    var balancer = Balancer(algorithm: algorithm, gateways: 8, seed: Seed(42))
    count(algorithm.rawValue) { picked(&balancer, rounds: 5_000) }
    precondition(balancer.connections.reduce(0, +) > 1_000)
}
let rules: [(String, RegistryPolicy)] = [
    ("routed-headroom", .headroomWeighted(cap: 1.25)), ("routed-least", .leastReported),
    ("routed-two", .powerOfTwo), ("routed-random", .random), ("routed-round-robin", .roundRobin),
]
for (name, policy) in rules {
    let router = RegistryRouter(policy: policy, gateways: 8, countsOwnPicks: true)
    let registry = Registry(gateways: 8, ttl: .seconds(10))
    var service = RoutingService(registry: registry, router: router, routers: 3, candidates: 5)
    // The list of who is there is written down once.
    precondition(routed(&service, rounds: 1) == 1)
    count(name) { precondition(routed(&service, rounds: 5_000) == 5_000) }
}
withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 8) { buffer in
    count("websocket") { precondition(passedWebSocketFrames(rounds: 1_000, buffer) == 3_000) }
}
let weights = [1, 2, 3, 4, 5, 6, 7, 8]
for algorithm in BalancingAlgorithm.allCases where algorithm.knowsWeights {
    var balancer = Balancer(algorithm: algorithm, gateways: 8, weights: weights, seed: Seed(42))
    count("weighted-\(algorithm.rawValue)") { picked(&balancer, rounds: 5_000) }
    precondition(balancer.connections.reduce(0, +) > 1_000)
}
for algorithm in BalancingAlgorithm.allCases {
    let weights = algorithm.knowsWeights ? weights : []
    guard let client = ClientAlgorithm(algorithm, gateways: 8, weights: weights, subset: 3) else { continue }
    count("client-\(algorithm.rawValue)") { precondition(pickedByClients(client, rounds: 5_000) > 100) }
}

@inline(never)
func keep(_ list: [Int]) { precondition(list.count == 100) }

/// A loop that nothing can take apart: each step needs the one before, as each event of a session does.
@inline(never)
func plainSteps(_ steps: Int, from start: UInt64) -> UInt64 {
    var value = start
    for _ in 0..<steps { value = mix64(value) }
    return value
}

/// The shortest of a few times; nanoseconds.
@inline(never)
func shortest(_ body: () -> Void) -> Double {
    var best = Double.infinity
    for _ in 0..<7 {
        var before = timespec()
        var after = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before)
        body()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after)
        best = min(best, Double(after.tv_sec - before.tv_sec) * 1e9 + Double(after.tv_nsec - before.tv_nsec))
    }
    return best
}

let rounds = 20_000
/// Of each round of `livedSession`.
let eventsPerRound = 21
let handled = shortest { precondition(livedSession(rounds: rounds) == UInt32(rounds) * 2) }
var value: UInt64 = 1
let plain = shortest { value = plainSteps(rounds * eventsPerRound, from: value) }
precondition(value != 1)
print("handle-over-plain-percent", Int(handled / plain * 100))
