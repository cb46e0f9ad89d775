import Foundation

/// Where an axis has its marks, and what is written there.
struct AxisTicks {
    struct Tick: Equatable {
        let value: Double
        let label: String
    }

    let ticks: [Tick]

    /// Round values inside a range: multiples of 1, 2 or 5 times a power of ten, at most `limit` of
    /// them.
    static func linear(_ range: ClosedRange<Double>, limit: Int) -> AxisTicks {
        let span = range.upperBound - range.lowerBound
        guard span > 0, span.isFinite, limit > 0 else { return AxisTicks(ticks: []) }
        let raw = span / Double(limit)
        let power = pow(10, floor(log10(raw)))
        let step = [1, 2, 5].map { $0 * power }.first { $0 >= raw * (1 - 1e-9) } ?? 10 * power
        guard step.isNormal else { return AxisTicks(ticks: []) }
        let decimals = max(0, -Int(floor(log10(step) + 1e-9)))
        let first = Int((range.lowerBound / step - 1e-9).rounded(.up))
        let last = Int((range.upperBound / step + 1e-9).rounded(.down))
        guard first <= last else { return AxisTicks(ticks: []) }
        let unit = max(abs(Double(first)), abs(Double(last))) * step
        return AxisTicks(
            ticks: (first...last).map {
                Tick(
                    value: Double($0) * step,
                    label: label(Double($0) * step, decimals: decimals, unit: unit))
            })
    }

    /// Powers of ten inside a range of positive values; with 2 and 5 times them, or all multiples,
    /// when there is room.
    /// - Parameter fits: whether there is room for these ticks.
    static func logarithmic(_ range: ClosedRange<Double>, fits: ([Tick]) -> Bool) -> AxisTicks {
        guard range.lowerBound > 0, range.upperBound > range.lowerBound else {
            return AxisTicks(ticks: [])
        }
        let exponents = Int(floor(log10(range.lowerBound)))...Int(ceil(log10(range.upperBound)))
        let choices: [[Double]] = [
            [1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 6, 8], [1, 2, 5], [1, 3], [1],
        ]
        for factors in choices {
            var ticks: [Tick] = []
            for exponent in exponents {
                let power = pow(10, Double(exponent))
                for value in factors.map({ $0 * power })
                where range.lowerBound * (1 - 1e-9) <= value
                    && value <= range.upperBound * (1 + 1e-9)
                {
                    ticks.append(
                        Tick(value: value, label: label(value, decimals: max(0, -exponent))))
                }
            }
            if ticks.count >= 2, fits(ticks) { return AxisTicks(ticks: ticks) }
        }
        // Every second, third, ... power of ten.
        for step in 2...max(2, exponents.count) {
            let ticks = stride(from: exponents.lowerBound, through: exponents.upperBound, by: step)
                .map { exponent in
                    Tick(
                        value: pow(10, Double(exponent)),
                        label: label(pow(10, Double(exponent)), decimals: max(0, -exponent)))
                }.filter { range.contains($0.value) }
            if ticks.count >= 2, fits(ticks) { return AxisTicks(ticks: ticks) }
        }
        // Less than a factor of two or so: round values.
        for limit in stride(from: 8, through: 2, by: -1) {
            let ticks = linear(range, limit: limit)
            if fits(ticks.ticks) { return ticks }
        }
        return linear(range, limit: 2)
    }

    /// A number without needless digits: `0.5`, `1200`, `20k`, `3M`, `1e-07`.
    /// - Parameter unit: the value that decides on k, M or G; without it the value itself.
    static func label(_ value: Double, decimals: Int, unit: Double? = nil) -> String {
        let size = abs(unit ?? value)
        if value == 0 { return "0" }
        if size >= 1e12 || size < 1e-5 { return String(format: "%.3g", value) }
        for (divisor, threshold, suffix) in [(1e9, 1e10, "G"), (1e6, 1e7, "M"), (1e3, 1e4, "k")]
        where size >= threshold {
            return trimmed(String(format: "%.3f", value / divisor)) + suffix
        }
        return String(format: "%.\(decimals)f", value)
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var text = Substring(text)
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return String(text)
    }
}
