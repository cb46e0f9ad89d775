/// What rate indices cost on average speech, for all channels together.
package struct RateCurve: Sendable {
    private let points: [(index: Double, rate: Double)]

    /// - Parameters:
    ///   - channels: of the stream; the model's curves are of one group of them
    ///   - layers: 1 ... layers of the model
    package init(model: CodecModel, channels: Int, layers: Int) {
        self.init(
            rates: model.rateCurves[max(1, min(layers, model.rateCurves.count)) - 1].map {
                $0 * Double(model.signal.block.groupCount(channels: channels))
            })
    }

    /// - Parameter rates: bit/s at each of `CodecModel.rateCurveIndices`, positive.
    package init(rates: [Double]) {
        points = zip(CodecModel.rateCurveIndices, rates).map { (Double($0), $1) }
    }

    /// Average rate in bit/s at an index, log-linear between the points.
    package func rate(at index: Double) -> Double {
        guard let first = points.first, let last = points.last else {
            return CodecEncoder.defaultBitrate
        }
        if index <= first.index { return first.rate }
        for (a, b) in zip(points, points.dropFirst()) where index <= b.index {
            let f = (index - a.index) / (b.index - a.index)
            return a.rate * Approximation.exp2(f * Approximation.log2(b.rate / a.rate))
        }
        return last.rate
    }

    /// The lowest index whose average rate reaches `rate`; 255 if none does.
    package func index(for rate: Double) -> UInt8 {
        var low = 0
        var high = 255
        while low < high {
            let middle = (low + high) / 2
            if self.rate(at: Double(middle)) < rate { low = middle + 1 } else { high = middle }
        }
        return UInt8(low)
    }
}
