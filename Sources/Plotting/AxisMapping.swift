import Foundation

/// Where the values of an axis lie in a picture.
struct AxisMapping {
    let scale: LineChart.Axis.Scale
    let range: ClosedRange<Double>
    /// Pixels of the lower and the upper end.
    let start: Double
    let end: Double

    /// The range that an axis shows.
    /// - Parameter values: all values on this axis.
    static func range(of axis: LineChart.Axis, values: [Double]) -> ClosedRange<Double>? {
        let usable = values.filter { isUsable($0, axis.scale) }
        if let range = axis.range, range.lowerBound < range.upperBound,
            abs(range.lowerBound) <= 1e300, abs(range.upperBound) <= 1e300,
            axis.scale == .linear || range.lowerBound >= 1e-300
        {
            return usable.isEmpty ? nil : range
        }
        // Values beyond 1e300 lie outside the picture, so that no difference or quotient overflows.
        guard let low = usable.min().map({ min(max($0, -1e300), 1e300) }),
            let high = usable.max().map({ min(max($0, -1e300), 1e300) })
        else {
            return nil
        }
        switch axis.scale {
        case .linear:
            let margin = high > low ? (high - low) * 0.05 : max(abs(high) * 0.1, 1e-6)
            // What is missing to the least span, on both sides.
            let more = max(0, (min(axis.leastSpan, 1e300) - (high - low)) / 2 - margin)
            return low - margin - more...high + margin + more
        case .logarithmic:
            let lowest = max(low, 1e-300)
            let highest = max(high, 1e-300)
            let factor =
                highest > lowest
                ? max(pow(10, 0.04 * (log10(highest) - log10(lowest))), 1 + 1e-6) : 1.5
            return max(lowest / factor, 1e-305)...min(highest * factor, 1e305)
        }
    }

    static func isUsable(_ value: Double, _ scale: LineChart.Axis.Scale) -> Bool {
        value.isFinite && (scale == .linear || value > 0)
    }

    /// The place of a value; nil when the axis cannot show it.
    func position(_ value: Double) -> Double? {
        guard Self.isUsable(value, scale) else { return nil }
        let share =
            switch scale {
            case .linear: (value - range.lowerBound) / (range.upperBound - range.lowerBound)
            case .logarithmic:
                (log(value) - log(range.lowerBound))
                    / (log(range.upperBound) - log(range.lowerBound))
            }
        guard !share.isNaN else { return nil }
        // Far outside is as good as infinitely far.
        return start + min(max(share, -1e4), 1e4) * (end - start)
    }

    func ticks(limit: Int) -> [AxisTicks.Tick] {
        switch scale {
        case .linear: AxisTicks.linear(range, limit: limit).ticks
        case .logarithmic: AxisTicks.logarithmic(range) { $0.count <= limit }.ticks
        }
    }

    /// As many as have room for labels side by side, `margin` apart; on a linear axis at most
    /// `limit`.
    func ticks(limit: Int, margin: Double) -> [AxisTicks.Tick] {
        guard scale == .logarithmic else { return ticks(limit: limit) }
        return AxisTicks.logarithmic(range) { ticks in
            zip(ticks, ticks.dropFirst()).allSatisfy { a, b in
                guard let left = position(a.value), let right = position(b.value) else {
                    return false
                }
                let widths = ChartFont.width(of: a.label) + ChartFont.width(of: b.label)
                return abs(right - left) >= widths / 2 + margin
            }
        }.ticks
    }
}
