import HoldfastPlan
import Testing

/// A wrong plan beside the lines that say so, without the file's name.
struct WrongPlan: CustomTestStringConvertible {
    /// A timeline with one named event.
    static let oneEvent = "timeline: [ { at: 10s, phase: departures, drop: { gateway: 0 } } ]\n"

    var text: String
    var lines: [String]

    init(_ text: String, _ lines: String...) {
        self.text = text
        self.lines = lines
    }

    /// Lines after the smallest plan.
    init(after lines: String, _ expected: String...) {
        text = PlanSamples.smallest + lines + "\n"
        self.lines = expected
    }

    /// The smallest plan with these events.
    init(events: String, _ expected: String...) {
        text = PlanSamples.smallest + "timeline:\n" + events + "\n"
        lines = expected
    }

    /// The smallest plan with one named event and these expectations.
    init(expect: String, _ expected: String...) {
        text = PlanSamples.smallest + Self.oneEvent + "expect:\n" + expect + "\n"
        lines = expected
    }

    var testDescription: String { lines.first ?? "" }

    func check() {
        let error = #expect(throws: PlanError.self) { try Plan.parse(text: text, file: "plan.yaml") }
        let expected = lines.map { "plan.yaml:" + $0 }
        #expect(error?.diagnostics.map(\.description) == expected)
    }
}

/// The first keys of a plan, as messages list them.
let roots =
    "name, sessions, target, connect, heartbeat, reconnect, churn, establish or another of WritingPlans.md"

/// The first algorithms, as messages list them.
let algorithms =
    "bounded-load, consistent-hash, first, headroom-weighted, least-connections, least-reported, maglev, "
    + "nearest or another of WritingPlans.md"

/// Those that sessions can use themselves.
let clientAlgorithms =
    "consistent-hash, first, maglev, nearest, random, rendezvous, round-robin, source-hash, sticky or subset"

/// The keys of `target` and of its parts, as messages list them.
let targetKeys =
    "gateways, via, algorithm, crowd, balancer, gateway, replacement, boundedLoad or another of WritingPlans.md"
let balancerKeys =
    "healthCheck, failTimeout, connectFailure, instances, idleTimeout, onIdle, interval, fall or another of "
    + "WritingPlans.md"
let gatewayKeys =
    "drain, idleTimeout, weight, capacity, heartbeatInterval, maxAge, maxAgeJitter, acceptRate or another of "
    + "WritingPlans.md"
