/// Spectral distortion between two envelopes: root of the mean squared difference of their
/// logarithms in dB, the usual measure of LSF quantisers (Paliwal and Atal, "Efficient vector
/// quantization of LPC parameters at 24 bits/frame", IEEE Trans. Speech Audio Proc. 1, 1993). Gains
/// do not count.
public struct SpectralDistortion: Sendable {
    /// Frequencies between 0 and half the sample rate at which envelopes are compared.
    public let points: Int
    public init(points: Int = 256) { self.points = max(points, 1) }

    /// dB. Orders may differ.
    public func callAsFunction(_ a: LinearPredictor, _ b: LinearPredictor) -> Double {
        self(a.envelopeDecibels(points: points), b.envelopeDecibels(points: points))
    }

    /// Between two envelopes in dB, `points` values each.
    func callAsFunction(_ a: [Double], _ b: [Double]) -> Double {
        let sum = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return (sum / Double(points)).squareRoot()
    }

    /// Envelope in dB at `points` frequencies, straight from line spectral frequencies.
    func envelope(_ frame: LineSpectralFrequencies, _ evaluator: LineSpectralEnvelope) -> [Double] {
        var result = [Double](repeating: 0, count: points)
        frame.values.withUnsafeBufferPointer { lsf in
            if let lsf = lsf.baseAddress { evaluator.forward(lsf) { result[$0] = $1 } }
        }
        return result
    }

    /// Distortion of many frames as the field reports it.
    public struct Summary: Sendable, Equatable {
        public private(set) var frames = 0
        private var sum = 0.0
        private var above2 = 0
        private var above4 = 0
        public init() {}

        public mutating func add(_ decibels: Double) {
            frames += 1
            sum += decibels
            if decibels > 2 { above2 += 1 }
            if decibels > 4 { above4 += 1 }
        }
        /// Mean, dB; 0 without frames.
        public var mean: Double { frames > 0 ? sum / Double(frames) : 0 }
        /// Share of frames above 2 dB and above 4 dB, 0 ... 1.
        public var shareAbove2: Double { frames > 0 ? Double(above2) / Double(frames) : 0 }
        public var shareAbove4: Double { frames > 0 ? Double(above4) / Double(frames) : 0 }
    }
}
