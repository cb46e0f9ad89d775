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
        if let range = axis.range, isUsable(range.lowerBound, axis.scale), isUsable(range.upperBound, axis.scale), range.lowerBound < range.upperBound {
            return usable.isEmpty ? nil : range
        }
        guard let low = usable.min(), let high = usable.max() else { return nil }
        switch axis.scale {
        case .linear:
            // Subtracting halves first: the difference of extreme values may be infinite.
            let margin = high > low ? (high / 2 - low / 2) * 0.08 : max(abs(high) * 0.1, 1e-6)
            return max(low - margin, -.greatestFiniteMagnitude / 4)...min(high + margin, .greatestFiniteMagnitude / 4)
        case .logarithmic:
            let factor = high > low ? pow(high / low, 0.04) : 1.5
            return max(low / factor, .leastNormalMagnitude)...min(high * factor, .greatestFiniteMagnitude / 4)
        }
    }

    static func isUsable(_ value: Double, _ scale: LineChart.Axis.Scale) -> Bool { value.isFinite && (scale == .linear || value > 0) }

    /// The place of a value; nil when the axis cannot show it.
    func position(_ value: Double) -> Double? {
        guard Self.isUsable(value, scale) else { return nil }
        let share =
            switch scale {
            case .linear: (value - range.lowerBound) / (range.upperBound - range.lowerBound)
            case .logarithmic: log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
            }
        // Far outside is as good as infinitely far.
        return start + min(max(share, -1e4), 1e4) * (end - start)
    }

    func ticks(limit: Int) -> [AxisTicks.Tick] {
        switch scale {
        case .linear: AxisTicks.linear(range, limit: limit).ticks
        case .logarithmic: AxisTicks.logarithmic(range, limit: limit).ticks
        }
    }
}
