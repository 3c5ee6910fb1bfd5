import HoldfastCore

/// Reads the sections of a plan, one after the other, and then what several of them must agree on.
struct SectionReader {
    /// Reads fields and collects what is wrong.
    var reader = FieldReader()
    /// Replaces the plan's seed.
    var seed: UInt64?

    init(seed: UInt64?) { self.seed = seed }

    static let rootKeys = [
        "name", "sessions", "target", "connect", "heartbeat", "reconnect", "churn", "establish", "duration",
        "timeScale", "seed", "workers", "excludedPorts", "rebalance", "defaults", "timeline", "expect", "accounts",
        "groups", "workload", "protocol", VariantReader.key,
    ]

    /// The plan; nil when something without a default is missing or wrong, which has then been noted.
    mutating func plan(_ root: PlanNode, catalogue: MetricCatalogue?) -> Plan? {
        guard case .mapping = root.content else {
            let start = Place(source: root.place.source)
            reader.refuse(at: start, found: root.found, expected: "a mapping with \(listed(SectionReader.rootKeys))")
            return nil
        }
        let fields = reader.fields(
            root,
            parent: root.place,
            known: SectionReader.rootKeys,
            unavailable: UnavailableNames.root
        )
        reader.require("name", in: fields, expected: "a name of the plan")
        reader.require("sessions", in: fields, expected: "the number of sessions")
        reader.require("target", in: fields, expected: "a target with its number of gateways")
        let name = reader.value(fields["name"], .name("a name", extra: "."))
        let sessions = reader.value(fields["sessions"], .whole(1...(1 << 31)))
        let target = target(fields["target"], parent: fields.place)
        var plan = Plan(
            name: name ?? "",
            sessions: sessions ?? 0,
            target: target,
            heartbeat: heartbeat(fields["heartbeat"], parent: fields.place),
            reconnect: PlanDefaults.reconnect,
            onFailure: PlanDefaults.onFailure,
            connect: connect(fields["connect"], fields["protocol"], parent: fields.place),
            churn: churn(fields["churn"], parent: fields.place),
            workload: workload(fields["workload"], parent: fields.place),
            establish: establish(fields["establish"], parent: fields.place),
            duration: reader.value(
                fields["duration"],
                .span(atLeast: .seconds(1), wholeSeconds: true),
                or: PlanDefaults.duration
            ),
            timeScale: reader.value(fields["timeScale"], .number(0.001...100_000), or: PlanDefaults.timeScale),
            seed: seed(fields["seed"]),
            workers: reader.value(fields["workers"], .whole(1...1024)),
            excludedPorts: ports(fields["excludedPorts"]),
            rebalance: rebalance(fields["rebalance"], parent: fields.place),
            defaults: defaults(fields["defaults"]),
            timeline: [],
            expect: [],
            groups: groups(fields["groups"])
        )
        plan.sessionsPerAccount = sessionsPerAccount(fields["accounts"], parent: fields.place)
        (plan.reconnect, plan.onFailure) = reconnect(fields["reconnect"], parent: fields.place)
        if !reader.hasErrors { agree(plan, root) }
        plan.timeline = timeline(fields["timeline"], reader.hasErrors ? nil : plan)
        let expectations = expectations(fields["expect"])
        guard !reader.hasErrors else { return nil }
        if let catalogue { check(expectations, catalogue, plan) }
        plan.expect = expectations.map(\.expectation)
        return plan
    }

    private mutating func seed(_ node: PlanNode?) -> UInt64 {
        let kind = ValueKind<Int>.whole(0...(1 << 53) - 1)
        let written = UInt64(reader.value(node, kind, or: Int(PlanDefaults.seed)))
        guard let seed else { return written }
        if seed >= 1 << 53 {
            reader.refuse(at: Place(source: "--seed"), found: quoted(String(seed)), expected: kind.expected)
        }
        return seed
    }

    private mutating func ports(_ node: PlanNode?) -> [UInt16] {
        let items = reader.items(node, expected: "a list of ports")
        let ports = items.compactMap { reader.value($0, .whole(1...65_535, "a port")) }
        return Set(ports.map { UInt16($0) }).sorted()
    }

    private mutating func defaults(_ node: PlanNode?) -> [DefaultExpectation] {
        guard let node else { return PlanDefaults.expectations }
        let names = DefaultExpectation.allCases.map(\.rawValue)
        var chosen: [DefaultExpectation] = []
        for item in reader.items(node, expected: "a list of \(listed(names)), or []") {
            let name = reader.choice(item, or: DefaultExpectation.unexplained)
            if !chosen.contains(name) { chosen.append(name) }
        }
        return chosen
    }

    private mutating func connect(_ node: PlanNode?, _ language: PlanNode?, parent: Place) -> ConnectLimits {
        let fields = reader.fields(node, parent: parent, known: ["timeout", "loginTimeout", "rateLimit"])
        let kind = ValueKind<Span>.span(atLeast: .milliseconds(1))
        return ConnectLimits(
            timeout: reader.value(fields["timeout"], kind, or: PlanDefaults.connect.timeout),
            loginTimeout: reader.value(fields["loginTimeout"], kind, or: PlanDefaults.connect.loginTimeout),
            ratePerSecond: reader.value(fields["rateLimit"], .rate()),
            tls: tls(language, parent: parent)
        )
    }

    private mutating func tls(_ node: PlanNode?, parent: Place) -> TLSVersion {
        let fields = reader.fields(node, parent: parent, known: ["kind", "tls"])
        _ = reader.choice(fields["kind"], or: ProtocolKind.framed, unavailable: UnavailableNames.protocolKind)
        let version = reader.choice(fields["tls"], or: TLSVersion.none)
        if version != .none, let place = fields.entries["tls"]?.place { reader.onlySimulated("tls", at: place) }
        return version
    }

    mutating func churn(_ node: PlanNode?, parent: Place) -> Churn? {
        guard let node else { return nil }
        let fields = reader.fields(node, parent: parent, known: ["lifetime"])
        reader.require("lifetime", in: fields, expected: "how long connections live")
        guard fields["lifetime"] != nil else { return nil }
        let lifetime = reader.fields(fields["lifetime"], parent: fields.place, known: ["distribution", "mean"])
        reader.require("mean", in: lifetime, expected: "the mean lifetime")
        return Churn(
            distribution: reader.choice(lifetime["distribution"], or: PlanDefaults.lifetimeDistribution),
            mean: reader.value(lifetime["mean"], .span(atLeast: .milliseconds(1)), or: .seconds(1))
        )
    }

    private mutating func establish(_ node: PlanNode?, parent: Place) -> Establish {
        let fields = reader.fields(node, parent: parent, known: ["rate", "timeout"])
        return Establish(
            ratePerSecond: reader.value(fields["rate"], .rate(), or: PlanDefaults.establish.ratePerSecond),
            timeout: reader.value(
                fields["timeout"],
                .span(atLeast: .milliseconds(1)),
                or: PlanDefaults.establish.timeout
            )
        )
    }

    private mutating func rebalance(_ node: PlanNode?, parent: Place) -> Rebalance {
        let fields = reader.fields(node, parent: parent, known: ["band"])
        return Rebalance(band: reader.value(fields["band"], .fraction(), or: PlanDefaults.band))
    }
}
