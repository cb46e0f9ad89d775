/// Chooses the rate index of each key packet so that the whole stream meets a bitrate.
///
/// The model's rate curve says what an index costs on average speech; the ratio of what this signal really cost to that, and the bits saved or
/// overspent so far, correct it. The correction is slow (a horizon of seconds), because constant quality beats constant rate.
struct RateController {
    private let curve: [(index: Double, rate: Double)]
    /// Bit/s for the whole stream.
    let target: Double
    private var spentBits = 0.0
    private var seconds = 0.0
    private var expectedBits = 0.0
    private var actualBits = 0.0
    /// Length of the stream if it is known.
    var totalSeconds: Double?
    /// Index that planning found for this signal; replaces the model's curve as the centre.
    var plannedIndex: UInt8?

    init(model: CodecModel, channels: Int, target: Double, overheadBits: Double) {
        self.target = target
        spentBits = overheadBits
        curve = zip(CodecModel.rateCurveIndices, model.rateCurve).map { (Double($0), $1 * Double(channels)) }
    }

    /// Average rate at an index, log-linear between the points of the curve.
    func rate(at index: Double) -> Double {
        guard let first = curve.first, let last = curve.last else { return target }
        if index <= first.index { return first.rate }
        for (a, b) in zip(curve, curve.dropFirst()) where index <= b.index {
            let f = (index - a.index) / (b.index - a.index)
            return a.rate * Approximation.exp2(f * Approximation.log2(b.rate / a.rate))
        }
        return last.rate
    }

    /// The index whose average rate is nearest.
    func index(for rate: Double) -> UInt8 {
        var low = 0, high = 255
        while low < high {
            let middle = (low + high) / 2
            if self.rate(at: Double(middle)) < rate { low = middle + 1 } else { high = middle }
        }
        return UInt8(low)
    }

    /// The index for the packets of the next seconds.
    func next() -> UInt8 {
        // What this signal costs relative to the curve; two seconds of trust in the curve (or in the plan) to begin with.
        let plan = plannedIndex.map { target / rate(at: Double($0)) } ?? 1
        let trust = 2 * target
        let ratio = (actualBits + trust * plan) / (expectedBits + trust)
        let horizon = max(min(8, totalSeconds.map { $0 - seconds } ?? 8), 1)
        let wanted = min(max(target - (spentBits - target * seconds) / horizon, 0.5 * target), 1.6 * target)
        return index(for: wanted / max(ratio, 1e-3))
    }

    mutating func spent(bits: Double, seconds duration: Double, index: UInt8) {
        spentBits += bits
        actualBits += bits
        expectedBits += rate(at: Double(index)) * duration
        seconds += duration
        // Old experience fades: signals change.
        if expectedBits > 20 * target {
            actualBits *= 0.9
            expectedBits *= 0.9
        }
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
