import Foundation

/// Triangular filters on the mel scale of Slaney's Auditory Toolbox (linear to 1 kHz, logarithmic
/// above), each of unit area: the default of librosa's `filters.mel`.
struct MelBands {
    /// One filter: its weights start at spectrum bin `start`.
    struct Band {
        let start: Int
        let weights: [Double]
    }

    let bands: [Band]

    /// - Parameters:
    ///   - count: number of filters, spread from 0 to half the sample rate.
    ///   - size: transform size.
    ///   - sampleRate: Hz.
    init(count: Int, size: Int, sampleRate: Int) {
        let top = Self.mel(Double(sampleRate) / 2)
        let edges = (0..<count + 2).map { Self.frequency(top * Double($0) / Double(count + 1)) }
        bands = (0..<count).map { band in
            let (low, centre, high) = (edges[band], edges[band + 1], edges[band + 2])
            let area = 2 / (high - low)
            let weights = (0...size / 2).map { bin in
                let frequency = Double(bin) * Double(sampleRate) / Double(size)
                return area
                    * max(
                        0,
                        min(
                            (frequency - low) / (centre - low), (high - frequency) / (high - centre)
                        ))
            }
            let start = weights.firstIndex { $0 > 0 } ?? 0
            let end = weights.lastIndex { $0 > 0 }.map { $0 + 1 } ?? start
            return Band(start: start, weights: Array(weights[start..<end]))
        }
    }

    /// The filters applied to one spectrum of magnitudes that starts at `offset`.
    func apply(_ magnitudes: [Double], at offset: Int) -> [Double] {
        bands.map { band in
            var sum = 0.0
            for (index, weight) in band.weights.enumerated() {
                sum += weight * magnitudes[offset + band.start + index]
            }
            return sum
        }
    }

    private static let hertzPerMel = 200.0 / 3
    private static let knee = 1000.0
    private static let logStep = log(6.4) / 27

    static func mel(_ frequency: Double) -> Double {
        frequency < knee
            ? frequency / hertzPerMel : knee / hertzPerMel + log(frequency / knee) / logStep
    }

    static func frequency(_ mel: Double) -> Double {
        mel < knee / hertzPerMel
            ? mel * hertzPerMel : knee * exp(logStep * (mel - knee / hertzPerMel))
    }
}
