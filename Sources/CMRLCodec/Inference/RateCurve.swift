/// What rate indices cost on average speech, for all channels together.
package struct RateCurve: Sendable {
    private let points: [(index: Double, rate: Double)]

    /// - Parameter layers: 1 ... layers of the model
    package init(model: CodecModel, channels: Int, layers: Int) {
        self.init(rates: model.rateCurves[max(1, min(layers, model.rateCurves.count)) - 1].map { $0 * Double(channels) })
    }

    /// - Parameter rates: bit/s at each of `CodecModel.rateCurveIndices`, positive.
    package init(rates: [Double]) {
        points = zip(CodecModel.rateCurveIndices, rates).map { (Double($0), $1) }
    }

    /// Average rate in bit/s at an index, log-linear between the points.
    package func rate(at index: Double) -> Double {
        guard let first = points.first, let last = points.last else { return Encoder.defaultBitrate }
        if index <= first.index { return first.rate }
        for (a, b) in zip(points, points.dropFirst()) where index <= b.index {
            let f = (index - a.index) / (b.index - a.index)
            return a.rate * Approximation.exp2(f * Approximation.log2(b.rate / a.rate))
        }
        return last.rate
    }

    /// The lowest index whose average rate reaches `rate`; 255 if none does.
    package func index(for rate: Double) -> UInt8 {
        var low = 0, high = 255
        while low < high {
            let middle = (low + high) / 2
            if self.rate(at: Double(middle)) < rate { low = middle + 1 } else { high = middle }
        }
        return UInt8(low)
    }
}

/// Powers of two and logarithms for rate control without a mathematical library: about 1e-9 relative, monotone enough for tables.
enum Approximation {
    static func log2(_ x: Double) -> Double {
        guard x > 0, x.isFinite else { return 0 }
        let s = x.significand, t = (s - 1) / (s + 1), t2 = t * t
        var sum = 0.0
        for k in stride(from: 21, through: 1, by: -2) { sum = sum * t2 + 1 / Double(k) }
        return Double(x.exponent) + 2 * t * sum * 1.4426950408889634
    }

    static func exp2(_ x: Double) -> Double {
        let n = x.rounded(.down), f = (x - n) * 0.6931471805599453
        var sum = 1.0, term = 1.0
        for k in 1...14 {
            term *= f / Double(k)
            sum += term
        }
        return Double(sign: .plus, exponent: Int(max(-1000, min(1000, n))), significand: sum)
    }
}
