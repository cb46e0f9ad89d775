/// What rate indices cost on average speech, for all channels together.
package struct RateCurve: Sendable {
    private let points: [(index: Double, rate: Double)]

    /// Of streams with a configuration; the model's curves are of one group of channels.
    package init(model: CodecModel, _ configuration: CodecEncoder.Configuration) {
        let groups = Double(model.signal.block.groupCount(channels: configuration.channels))
        let isNested = configuration.layering.among(configuration.layers) == .nested
        let modules = isNested ? 1 : max(1, min(configuration.layers, model.rateCurves.count))
        // Every nested layer makes the stream about so many times as large.
        let factor = isNested ? (1..<configuration.layers).reduce(1) { f, _ in f * 2.3 } : 1
        let curve = model.rateCurves.dropFirst(modules - 1).first ?? []
        self.init(rates: curve.map { $0 * groups * factor })
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
