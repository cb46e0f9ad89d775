/// A number in reports.
public protocol MeasureColumn: Sendable {
    /// The key in reports, with the unit when there is one: `snr_db`.
    var identifier: String { get }
    /// The heading of a table column: `SNR`.
    var title: String { get }
    /// `dB`, or empty for a plain number.
    var unit: String { get }
    /// Whether more is better.
    var higherIsBetter: Bool { get }
    /// Whether it goes with the rate, so that rates at equal quality can be told from it.
    var comparesRates: Bool { get }
    /// Whether nothing can be better than the original.
    var originalIsBest: Bool { get }
    /// Decimals that make sense in a table.
    var decimals: Int { get }
}

extension MeasureColumn {
    public var comparesRates: Bool { true }
    public var originalIsBest: Bool { true }
    public var decimals: Int { unit == "dB" ? 2 : 3 }
}

/// A measure of how near a degraded signal is to its reference.
public protocol QualityMetric: MeasureColumn {
    /// The value for a pair.
    /// - Throws: the reason when the definition gives no number.
    func score(_ pair: SignalPair) throws(QualityMetricError) -> Double
}

/// The measures computed in this module, in the order of reports.
public enum QualityMetrics {
    public static let all: [any QualityMetric] = [
        SignalToNoiseRatio(), SegmentalSNR(), ScaleInvariantSDR(), LogSpectralDistance(),
        MelDistance(), STOI(), STOI(extended: true),
        NoiseToMaskRatio(.mean), NoiseToMaskRatio(.audibleShare),
        NoiseTonality(.correlation), NoiseTonality(.lines),
    ]
}

/// The sum of squares, added in index order.
func energy(_ x: some Sequence<Double>) -> Double { x.reduce(0) { $0 + $1 * $1 } }
