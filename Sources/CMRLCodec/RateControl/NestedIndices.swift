extension CodecModel {
    /// Rate indices of the layers of a stream.
    ///
    /// Of nested layers the first has the given index; those above have the indices whose
    /// quantisers are nearest to the steps that they get, at most 255. Of residual layers the top
    /// one has the given index, and the others are `CodecEncoder.layerIndexStep` apart.
    /// - Parameter layers: 1 ... 8 (`StreamHeader.layerCountRange`); none below that, 8 above
    public func rateIndices(_ index: UInt8, layers: Int, _ layering: Layering) -> [UInt8] {
        let layers = min(layers, StreamHeader.layerCountRange.upperBound)
        guard layering.among(layers) == .nested, case .lapped(let coder) = coder else {
            return CodecEncoder.rateIndices(top: index, layers: layers)
        }
        let third = Double(NestedSymbol.logRatio) / 256
        return [index]
            + (1..<layers).map {
                coder.core.index(above: index, logRatio: third * Double($0) + Self.stretch)
            }
    }

    /// By how much the steps of nested layers above the first are longer than those of their
    /// indices, natural logarithm: symbols of these steps, decoded for the finer index, sound best
    /// (Docs, experiment 28).
    private static let stretch = 0.2
}

extension ModelCore {
    /// The index whose quantiser has steps nearest to those of another one divided by so much, in
    /// the mean over coefficients at an average envelope; 255 where none has such short ones.
    /// - Parameter logRatio: natural logarithm, not negative
    func index(above index: UInt8, logRatio: Double) -> UInt8 {
        let wanted = meanLogStep(index) - logRatio
        // Steps fall as indices grow.
        var low = Int(index)
        var high = Int(UInt8.max)
        while low < high {
            let middle = (low + high) / 2
            if meanLogStep(UInt8(middle)) > wanted { low = middle + 1 } else { high = middle }
        }
        let isLowerNearer =
            low > Int(index)
            && meanLogStep(UInt8(low - 1)) - wanted < wanted - meanLogStep(UInt8(low))
        return UInt8(isLowerNearer ? low - 1 : low)
    }

    /// Mean logarithm of a quantiser's steps over coefficients, at an average envelope.
    private func meanLogStep(_ index: UInt8) -> Double {
        // Without what a `RatePoint` has beside: packets of 20 ms ask often.
        let weights = RatePoint.weights(index, knots: configuration.rateKnots)
        let exponent = RatePoint.interpolate(exponentRows, configuration.frameWidth, weights)
        let logGain = RatePoint.interpolate(moduleGainRows[0], configuration.frameWidth, weights)
        let sum = exponent.indices.reduce(0.0) { sum, k in
            sum + Self.averageLogAmplitude * Double(exponent[k])
                - Double(RatePoint.q8(logGain[k])) / 256
        }
        return sum / Double(max(exponent.count, 1))
    }

    /// Of speech at a usual level: natural logarithm of 100 times a coefficient's amplitude.
    private static let averageLogAmplitude = 2.5
}
