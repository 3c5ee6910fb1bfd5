import HoldfastCore

/// Checks that an expectation can be evaluated on a plan's run: that its names exist, and that something feeds it.
struct ExpectationChecker {
    let catalogue: MetricCatalogue
    let plan: Plan

    /// The first thing that is wrong, if any.
    func check(_ parsed: ParsedExpectation) throws(ExpectationError) {
        let expectation = parsed.expectation
        guard let metric = catalogue[expectation.metric] else {
            throw ExpectationError(
                offset: parsed.metricOffset,
                found: "unknown metric \(quoted(expectation.metric))",
                expected: "a metric of the result",
                suggestion: nearestMetric(to: expectation.metric)
            )
        }
        try checkKeys(metric, parsed)
        for (position, match) in expectation.matches.enumerated() {
            for (value, offset) in zip(match.values, parsed.valueOffsets[position]) {
                try checkValue(value, of: match.key, metric, at: offset)
            }
        }
        try checkAggregate(metric, parsed)
        try checkInstant(metric, parsed)
        try checkLiterals(metric, parsed)
        try FeedCheck(plan: plan).check(metric, parsed)
    }

    /// A metric below the name or above it, else one that is written much like it.
    private func nearestMetric(to name: String) -> String? {
        let names = catalogue.metrics.map(\.name)
        return names.first { $0.hasPrefix(name + ".") } ?? names.first { name.hasPrefix($0 + ".") }
            ?? nearestName(to: name, among: names)
    }

    private func checkKeys(_ metric: MetricDescription, _ parsed: ParsedExpectation) throws(ExpectationError) {
        let matches = parsed.expectation.matches
        let expected =
            metric.keys.isEmpty ? "no restriction of `\(metric.name)`" : listed(metric.keys.map(\.rawValue))
        for (position, match) in matches.enumerated() {
            let offset = parsed.keyOffsets[position]
            guard metric.keys.contains(match.key) else {
                let found = "the key `\(match.key.rawValue)` on `\(metric.name)`"
                throw ExpectationError(offset: offset, found: found, expected: expected)
            }
            guard match.key != .group || !plan.groups.isEmpty else {
                throw ExpectationError(offset: offset, found: "`group` in a plan without", expected: "`groups`")
            }
            guard !matches[..<position].contains(where: { $0.key == match.key }) else {
                let found = "the key `\(match.key.rawValue)` twice"
                throw ExpectationError(offset: offset, found: found, expected: "each key once")
            }
            if position > 0, metric.oneKeyOnly {
                let found = "a second key on `\(metric.name)`"
                throw ExpectationError(offset: offset, found: found, expected: "one of \(expected)")
            }
        }
        guard let required = metric.requires else { return }
        let match = matches.first { $0.key == required }
        guard match?.values.count != 1 || match?.negated == true else { return }
        throw ExpectationError(
            offset: parsed.metricOffset,
            found: "`\(metric.name)` of more than one \(required.rawValue)",
            expected: "`\(metric.name){\(required.rawValue)=...}` with one value"
        )
    }

    private func checkValue(
        _ value: String,
        of key: Expectation.MatchKey,
        _ metric: MetricDescription,
        at offset: Int
    ) throws(ExpectationError) {
        switch key {
        case .gateway: try checkIndex(value, "gateway", below: plan.mostGateways, at: offset)
        case .fault: try checkIndex(value, "fault", below: plan.timeline.count, at: offset)
        case .phase, .cause, .mechanism, .reason, .side, .group, .timer:
            let known = names(of: key, metric)
            guard !known.contains(value) else { return }
            if key == .cause, UnavailableNames.cause.contains(value) {
                let found = "\(quoted(value)) is not available in this version"
                throw ExpectationError(offset: offset, found: found, expected: listed(known))
            }
            throw ExpectationError(
                offset: offset,
                found: "unknown \(key.rawValue) \(quoted(value))",
                expected: listed(known, near: value, in: "WritingExpectations.md"),
                suggestion: nearestName(to: value, among: known)
            )
        }
    }

    private func names(of key: Expectation.MatchKey, _ metric: MetricDescription) -> [String] {
        switch key {
        case .phase: plan.phases.map(\.name)
        case .cause where metric.feed == .detection: FaultKind.allCases.map(\.resultName)
        case .cause: Cause.allCases.map(\.rawValue).filter { !UnavailableNames.cause.contains($0) }
        case .mechanism: Mechanism.allCases.map(\.rawValue)
        case .reason where metric.name.hasPrefix("sessions."):
            // No session stops by the end of the run: it is cut short with it, and not counted.
            StopReason.allCases.filter { $0 != .ended }.map(\.rawValue)
        case .reason: ConnectFailure.allCases.map(\.rawValue)
        case .side: Drop.Side.allCases.map(\.rawValue)
        case .group: plan.groups.map(\.name)
        case .timer: TimerKind.allCases.map(\.rawValue)
        case .gateway, .fault: []
        }
    }

    private func checkIndex(
        _ value: String,
        _ what: String,
        below count: Int,
        at offset: Int
    ) throws(ExpectationError) {
        // Values are compared as texts, so `00` would match nothing.
        let known = ScalarText.integer(value).flatMap { $0 < count ? String($0) : nil }
        if known == value { return }
        let expected = count == 0 ? "a plan with a \(what)" : "a \(what) from 0 to \(count - 1)"
        throw ExpectationError(
            offset: offset,
            found: "\(what) \(quoted(value))",
            expected: expected,
            suggestion: known
        )
    }

    private func checkAggregate(_ metric: MetricDescription, _ parsed: ParsedExpectation) throws(ExpectationError) {
        let names = metric.aggregates.map(\.rawValue)
        guard let aggregate = parsed.expectation.aggregate else {
            guard metric.kind == .histogram else { return }
            let found = "`\(metric.name)` without an aggregate"
            throw ExpectationError(offset: parsed.metricOffset, found: found, expected: listed(names))
        }
        guard !metric.aggregates.contains(aggregate) else { return }
        let what = "the aggregate `\(aggregate.rawValue)` of `\(metric.name)`, which is a \(metric.kind.rawValue)"
        let expected = names.isEmpty ? "no aggregate" : listed(names)
        throw ExpectationError(offset: parsed.aggregateOffset, found: what, expected: expected)
    }

    private func checkInstant(_ metric: MetricDescription, _ parsed: ParsedExpectation) throws(ExpectationError) {
        guard let instant = parsed.expectation.instant else { return }
        func failure(_ found: String, _ expected: String) -> ExpectationError {
            ExpectationError(offset: parsed.instantOffset, found: found, expected: expected)
        }
        guard metric.kind == .gauge else {
            throw failure("an instant of `\(metric.name)`, which is a \(metric.kind.rawValue)", "no instant")
        }
        guard parsed.expectation.aggregate == nil else {
            throw failure("an instant beside an aggregate", "one of the two")
        }
        guard case .at(let time) = instant else { return }
        guard time <= plan.duration, time.nanoseconds % 1_000_000_000 == 0 else {
            let end = ScalarText.text(plan.duration)
            throw failure(quoted(ScalarText.text(time)), "whole seconds from 0s to \(end), where cuts are taken")
        }
        for match in parsed.expectation.matches where match.key == .phase {
            guard !plan.phases.contains(where: { match.allows($0.name) && $0.contains(cut: time) }) else { continue }
            throw failure("\(quoted(ScalarText.text(time))) outside the phase", "an instant within it")
        }
    }

    private func checkLiterals(_ metric: MetricDescription, _ parsed: ParsedExpectation) throws(ExpectationError) {
        let unit = unit(of: metric, parsed.expectation.aggregate)
        let literals: [Expectation.Literal]
        switch parsed.expectation.condition {
        case .compare(_, let literal): literals = [literal]
        case .range(let low, let high): literals = [low, high]
        }
        for literal in literals where !unit.accepts(literal) {
            guard literal == .never, metric.mayBeNever else {
                let never = metric.mayBeNever ? ", or never" : ""
                let found = "a value that is \(literal.what) for `\(metric.name)`"
                throw ExpectationError(offset: parsed.literalOffset, found: found, expected: unit.literals + never)
            }
        }
        let numbers = literals.compactMap(\.number)
        guard numbers.count == 2, numbers[0] > numbers[1] else { return }
        let found = "a range that ends before it begins"
        throw ExpectationError(offset: parsed.literalOffset, found: found, expected: "the smaller end first")
    }

    private func unit(
        of metric: MetricDescription,
        _ aggregate: Expectation.Aggregate?
    ) -> MetricDescription.Unit {
        switch (metric.kind, aggregate) {
        case (.counter, .rate): .perSecond
        case (.histogram, .count): .count
        default: metric.unit
        }
    }
}
