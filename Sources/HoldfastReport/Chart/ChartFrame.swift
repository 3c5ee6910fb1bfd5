import HoldfastResult

/// The drawing area of one chart: from data to points of the SVG, with axes.
struct ChartFrame {
    static let width = 960.0
    /// Room for the labels of lines, unless there is more to say.
    static let right = 132.0
    let height: Double
    let left = 64.0
    let right: Double
    let top: Double
    let bottom = 44.0
    let xRange: ClosedRange<Double>
    let yTicks: [Double]

    /// A frame whose vertical axis covers `yRange` in even steps; `right` of the plot is room for labels.
    init(
        height: Double,
        top: Double,
        right: Double = ChartFrame.right,
        xRange: ClosedRange<Double>,
        yRange: ClosedRange<Double>,
        isWhole: Bool = false
    ) {
        self.height = height
        self.top = top
        self.right = right
        self.xRange = xRange.lowerBound < xRange.upperBound ? xRange : 0...max(1, xRange.upperBound)
        yTicks = Ticks.covering(yRange, count: 5, isWhole: isWhole)
    }

    private var yRange: ClosedRange<Double> { (yTicks.first ?? 0)...(yTicks.last ?? 1) }
    var plotRight: Double { ChartFrame.width - right }
    var plotBottom: Double { height - bottom }

    func x(_ value: Double) -> Double {
        left + (value - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound) * (plotRight - left)
    }

    func y(_ value: Double) -> Double {
        let clamped = min(max(value, yRange.lowerBound), yRange.upperBound)
        return plotBottom - (clamped - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound) * (plotBottom - top)
    }

    /// Grid, ticks and titles of both axes.
    func axes(yTitle: String, yLabel: (Double) -> String) -> [String] {
        var parts: [String] = []
        for tick in yTicks {
            let position = y(tick)
            parts.append(Svg.line(left, position, plotRight, position, "grid"))
            parts.append(Svg.text(left - 10, position + 4, yLabel(tick), "tick end"))
        }
        for tick in Ticks.within(xRange, count: 8) {
            let position = x(tick)
            parts.append(Svg.line(position, plotBottom, position, plotBottom + 5, "axis"))
            parts.append(Svg.text(position, plotBottom + 20, Readable.number(tick, decimals: 2), "tick middle"))
        }
        parts.append(Svg.line(left, plotBottom, plotRight, plotBottom, "axis"))
        parts.append(Svg.text((left + plotRight) / 2, height - 6, "plan time since the start (s)", "title middle"))
        parts.append(Svg.text(left, top - 12, yTitle, "title"))
        return parts
    }
}

/// Round numbers for axes: 1, 2, 2.5 or 5 times a power of ten.
enum Ticks {
    /// About `count` steps that cover the whole range; whole numbers where fractions make no sense.
    static func covering(_ range: ClosedRange<Double>, count: Int, isWhole: Bool = false) -> [Double] {
        var step = Ticks.step(range.upperBound - range.lowerBound, count: count)
        if isWhole { step = step == 2.5 ? 5 : max(1, step) }
        let first = (range.lowerBound / step).rounded(.down)
        let last = max(first + 1, (range.upperBound / step - 1e-9).rounded(.up))
        return (0...Int(last - first)).map { (first + Double($0)) * step }
    }

    /// About `count` steps inside the range.
    static func within(_ range: ClosedRange<Double>, count: Int) -> [Double] {
        let step = Ticks.step(range.upperBound - range.lowerBound, count: count)
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        return last >= first ? (0...Int(last - first)).map { (first + Double($0)) * step } : []
    }

    private static func step(_ length: Double, count: Int) -> Double {
        guard length > 0, length.isFinite else { return 1 }
        let rough = length / Double(max(1, count))
        var power = 1.0
        while power > rough { power /= 10 }
        while power * 10 <= rough { power *= 10 }
        for factor in [1.0, 2, 2.5, 5] where power * factor >= rough * 0.999 { return power * factor }
        return power * 10
    }
}

/// Shapes of SVG; colours come from the page's style by class.
enum Svg {
    static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> String {
        Markup.empty(
            "line",
            [("x1", number(x1)), ("y1", number(y1)), ("x2", number(x2)), ("y2", number(y2)), ("class", style)]
        )
    }

    static func text(_ x: Double, _ y: Double, _ content: String, _ style: String) -> String {
        Markup.element("text", [("x", number(x)), ("y", number(y)), ("class", style)], content)
    }

    /// A rectangle; `tip` is what a pointer over it says.
    static func rect(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, tip: String? = nil)
        -> String
    {
        let attributes = [
            ("x", number(x)), ("y", number(y)), ("width", number(max(0, width))), ("height", number(max(0, height))),
            ("class", style),
        ]
        guard let tip else { return Markup.empty("rect", attributes) }
        return Markup.open("rect", attributes) + Markup.element("title", tip) + "</rect>"
    }

    static func polyline(_ points: [(x: Double, y: Double)], _ style: String, tip: String? = nil) -> String {
        let text = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
        let attributes = [("points", text), ("class", style)]
        guard let tip else { return Markup.empty("polyline", attributes) }
        return Markup.open("polyline", attributes) + Markup.element("title", tip) + "</polyline>"
    }

    static func polygon(_ points: [(x: Double, y: Double)], _ style: String) -> String {
        let text = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
        return Markup.empty("polygon", [("points", text), ("class", style)])
    }

    /// A whole image with a name and a description for those who do not see it.
    static func image(height: Double, title: String, description: String, id: String, _ parts: [String]) -> String {
        let attributes = [
            ("viewBox", "0 0 \(number(ChartFrame.width)) \(number(height))"), ("role", "img"),
            ("aria-labelledby", "\(id)-title \(id)-text"),
        ]
        return
            ([
                Markup.open("svg", attributes), Markup.element("title", [("id", "\(id)-title")], title),
                Markup.element("desc", [("id", "\(id)-text")], description),
            ] + parts + ["</svg>"]).joined(separator: "\n")
    }

    private static func number(_ value: Double) -> String { Readable.number(value, decimals: 1) }
}
