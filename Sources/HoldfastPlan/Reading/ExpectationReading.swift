import HoldfastCore

/// `expect`: what must hold at the end.
extension SectionReader {
    /// An expectation and where its text begins.
    struct PlacedExpectation {
        var parsed: ParsedExpectation
        var place: Place
        /// Columns from the place to the first scalar of the text; nil when they do not correspond.
        var textOffset: Int?

        var expectation: Expectation { parsed.expectation }
    }

    mutating func expectations(_ node: PlanNode?) -> [PlacedExpectation] {
        var expectations: [PlacedExpectation] = []
        for item in reader.items(node, expected: "a list of expectations") {
            guard case .scalar(let scalar) = item.content, !item.isNothing else {
                reader.refuse(
                    at: item.place,
                    found: item.found,
                    expected: "an expectation such as `disconnects{cause=unexplained} == 0`"
                )
                continue
            }
            do {
                let parsed = try ExpectationParser.parse(scalar.text)
                let placed = PlacedExpectation(parsed: parsed, place: item.place, textOffset: scalar.textOffset)
                expectations.append(placed)
            } catch {
                note(error, item.place, scalar.textOffset)
            }
        }
        return expectations
    }

    mutating func check(_ expectations: [PlacedExpectation], _ catalogue: MetricCatalogue, _ plan: Plan) {
        let checker = ExpectationChecker(catalogue: catalogue, plan: plan)
        for expectation in expectations {
            do {
                try checker.check(expectation.parsed)
            } catch {
                note(error, expectation.place, expectation.textOffset)
            }
        }
    }

    private mutating func note(_ error: ExpectationError, _ place: Place, _ textOffset: Int?) {
        let columns = textOffset.map { $0 + error.offset } ?? 0
        reader.refuse(
            at: place.advanced(by: columns),
            found: error.found,
            expected: error.expected,
            suggestion: error.suggestion
        )
    }
}
