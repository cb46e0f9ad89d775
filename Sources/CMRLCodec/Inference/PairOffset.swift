import NeuralNetwork

extension ModelCore {
    /// How far the rate indices of a pair's second channel may lie below those of the first
    /// (`PairRotation.offset`): until the noise of both is the same. What is left for the second
    /// channel is weaker, so that indices of its own would spend bits on noise far below that of
    /// the first, which is mixed with it when the pair is rotated back (the noise of a transform's
    /// channels is to be equal: reverse water-filling, Cover and Thomas, 10.3.3).
    ///
    /// Noise of a coefficient: squared step of its quantiser, times its band's level to the power
    /// of twice the exponent.
    /// - Parameters:
    ///   - first, second: rows of a frame's coefficients, rotated
    ///   - indices: of the first channel
    func pairOffset(_ first: [Float], _ second: [Float], indices: [UInt8]) -> UInt8 {
        guard let index = indices.first, !first.isEmpty else { return 0 }
        let width = configuration.frameWidth
        let levels = logLevels(first)
        let weaker = logLevels(second)
        // About -76 dB of full scale: nothing is spent on what lies below.
        let floor = -11.9
        let used = (0..<width).filter { weaker[coefficientBands[$0]] > floor }
        guard !used.isEmpty else { return PairRotation.largestOffset }
        func noise(_ index: UInt8, _ levels: [Double]) -> Double {
            let exponent = shapeRate(index).exponent
            let point = ratePoint(module: 0, index: index)
            return used.reduce(0) { sum, k in
                sum + Double(exponent[k]) * levels[coefficientBands[k]]
                    - Double(point.logGain[k]) / 128 * 1.4426950408889634
            }
        }
        // Noise grows as indices fall, so that halving finds the largest offset.
        let wanted = noise(index, levels)
        var best: UInt8 = 0
        var tooFar = PairRotation.largestOffset + 1
        while tooFar - best > 1 {
            let offset = (best + tooFar) / 2
            let lowered = PairRotation.lowered([index], by: offset)[0]
            if noise(lowered, weaker) <= wanted { best = offset } else { tooFar = offset }
        }
        return best
    }

    /// Binary logarithm of the mean square of the coefficients of each band.
    private func logLevels(_ coefficients: [Float]) -> [Double] {
        let width = configuration.frameWidth
        let bands = (coefficientBands.max() ?? -1) + 1
        var sums = [Double](repeating: 0, count: bands)
        var counts = [Double](repeating: 1e-9, count: bands)
        for start in stride(from: 0, to: coefficients.count, by: width) {
            for k in 0..<width {
                let value = Double(coefficients[start + k])
                sums[coefficientBands[k]] += value * value
                counts[coefficientBands[k]] += 1
            }
        }
        return zip(sums, counts).map { Approximation.log2($0 / $1 + 1e-6) }
    }
}
