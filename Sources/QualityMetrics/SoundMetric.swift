/// A measure of how near a degraded sound of any number of channels is to its reference.
public protocol SoundMetric: MeasureColumn {
    /// The value for a sound.
    /// - Throws: the reason when the definition gives no number.
    func score(_ sound: SoundPair) throws(QualityMetricError) -> Double
}

/// A measure over the frames or events of all files and channels.
public protocol PooledSoundMetric: Sendable {
    var columns: [PooledColumn] { get }
    /// The pools that the columns name.
    /// - Throws: the reason when the definition gives nothing for this sound.
    func pools(_ sound: SoundPair) throws(QualityMetricError) -> [String: MetricPool]
}

/// A measure of one channel, as the mean over the channels.
struct ChannelMean: SoundMetric {
    let metric: any QualityMetric

    var identifier: String { metric.identifier }
    var title: String { metric.title }
    var unit: String { metric.unit }
    var higherIsBetter: Bool { metric.higherIsBetter }
    var comparesRates: Bool { metric.comparesRates }
    var originalIsBest: Bool { metric.originalIsBest }
    var decimals: Int { metric.decimals }

    func score(_ sound: SoundPair) throws(QualityMetricError) -> Double {
        var sum = 0.0
        for channel in sound.channels { sum += try metric.score(channel) }
        return sum / Double(sound.channels.count)
    }
}

/// A pooled measure of one channel over all channels. A channel of which it says nothing (without
/// onsets, for example) adds nothing; a sound of such channels only has no value.
struct ChannelPools: PooledSoundMetric {
    let metric: any PooledMetric

    var columns: [PooledColumn] { metric.columns }

    func pools(_ sound: SoundPair) throws(QualityMetricError) -> [String: MetricPool] {
        var pools: [String: MetricPool] = [:]
        var reason: QualityMetricError?
        for channel in sound.channels {
            do throws(QualityMetricError) {
                pools.merge(try metric.pools(channel)) { $0 + $1 }
            } catch {
                reason = reason ?? error
            }
        }
        if pools.isEmpty, let reason { throw reason }
        return pools
    }
}

/// What is measured together, in the order of reports.
public struct MeasureSet: Sendable {
    /// Computed in this module.
    public let metrics: [any SoundMetric]
    public let pooled: [any PooledSoundMetric]
    /// Outside judges whose opinion stands in every comparison.
    public let judges: [ExternalJudge.Measure]
    /// Identifiers of the measures of `metrics` that are an overall opinion of how good it sounds
    /// or how well it is understood.
    public let judgements: Set<String>

    /// For speech, one channel.
    public static let speech = MeasureSet(
        metrics: QualityMetrics.all.map { ChannelMean(metric: $0) },
        pooled: QualityMetrics.pooled.map { ChannelPools(metric: $0) },
        judges: ExternalJudge.Measure.reported,
        judgements: [STOI(extended: true).identifier])

    /// For music and everything else at 32 kHz and more, any number of channels.
    public static let audio = MeasureSet(
        metrics: [
            SignalToNoiseRatio(), ChannelMean(metric: LogSpectralDistance()),
            NoiseToMaskRatio(.mean), NoiseToMaskRatio(.audibleShare), Bandwidth(),
        ],
        pooled: [
            ChannelPools(metric: OnsetError(sampleRate: 48_000)), StereoImageError(),
        ],
        judges: ExternalJudge.Measure.reportedForAudio,
        judgements: [NoiseToMaskRatio(.mean).identifier])
}

extension SignalToNoiseRatio: SoundMetric {
    /// All channels count as one signal.
    public func score(_ sound: SoundPair) throws(QualityMetricError) -> Double {
        try score(sound.joined)
    }
}

extension NoiseToMaskRatio: SoundMetric {
    /// Over the bands and frames of all channels, each under its own threshold.
    public func score(_ sound: SoundPair) throws(QualityMetricError) -> Double {
        var ratios: [Double] = []
        for channel in sound.channels { ratios += try Self.ratios(channel) }
        return value(ratios)
    }
}
