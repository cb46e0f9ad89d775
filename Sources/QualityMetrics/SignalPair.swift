/// A reference signal and a degraded version of it: one channel each, the same length and sample
/// rate, finite samples, full scale = 1.
public struct SignalPair: Sendable {
    public let reference: [Double]
    public let degraded: [Double]
    /// Hz.
    public let sampleRate: Int

    /// Samples of each signal.
    public var count: Int { reference.count }

    /// - Throws: `unsupportedSampleRate`, `lengthsDiffer`, `tooShort` for empty signals,
    ///   `nonFinite`.
    public init<Samples: Collection>(reference: Samples, degraded: Samples, sampleRate: Int)
        throws(QualityMetricError)
    where Samples.Element: BinaryFloatingPoint {
        guard (1_000...768_000).contains(sampleRate) else {
            throw .unsupportedSampleRate(sampleRate)
        }
        guard reference.count == degraded.count else {
            throw .lengthsDiffer(reference: reference.count, degraded: degraded.count)
        }
        guard !reference.isEmpty else { throw .tooShort(samples: 0, required: 1) }
        self.reference = reference.map { Double($0) }
        self.degraded = degraded.map { Double($0) }
        self.sampleRate = sampleRate
        if let index = self.reference.firstIndex(where: { !$0.isFinite }) {
            throw .nonFinite(.reference, index: index)
        }
        if let index = self.degraded.firstIndex(where: { !$0.isFinite }) {
            throw .nonFinite(.degraded, index: index)
        }
    }

    /// A pair of which both signals are known to be finite and of one length.
    init(checkedReference reference: [Double], degraded: [Double], sampleRate: Int) {
        self.reference = reference
        self.degraded = degraded
        self.sampleRate = sampleRate
    }

    /// The same pair at another rate, by `PolyphaseResampler`.
    func resampled(to rate: Int) throws(QualityMetricError) -> SignalPair {
        guard rate != sampleRate else { return self }
        let resampler = try PolyphaseResampler(from: sampleRate, to: rate)
        return SignalPair(
            checkedReference: resampler.convert(reference), degraded: resampler.convert(degraded),
            sampleRate: rate)
    }
}
