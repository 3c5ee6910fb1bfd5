import HoldfastCore
import Testing

@Suite struct SpanTests {
    @Test(
        arguments: [
            (Span.seconds(10), 0.5, Span.seconds(5)), (.seconds(1), 1e300, Span(nanoseconds: .max)),
            (Span(nanoseconds: -1), 1e300, Span(nanoseconds: .min)), (.seconds(1), .infinity, Span(nanoseconds: .max)),
            (.zero, .infinity, .zero), (Span(nanoseconds: 3), 0.5, Span(nanoseconds: 2)),
        ] as [(Span, Double, Span)]
    )
    func scalingEndsAtTheLongestSpan(span: Span, factor: Double, expected: Span) {
        #expect(span.scaled(by: factor) == expected)
    }
}
