/// A reference and a degraded version of it with all their channels: a `SignalPair` each, of one
/// length and sample rate.
public struct SoundPair: Sendable {
    /// At least one.
    public let channels: [SignalPair]

    /// Hz.
    public var sampleRate: Int { channels[0].sampleRate }
    /// Samples of each channel.
    public var count: Int { channels[0].count }

    /// - Parameters: `[channel][sample]`, as many channels in both
    /// - Throws: as `SignalPair`; `channelsDiffer`, `lengthsDiffer` between channels
    public init<Samples: Collection>(reference: [Samples], degraded: [Samples], sampleRate: Int)
        throws(QualityMetricError)
    where Samples.Element: BinaryFloatingPoint {
        guard reference.count == degraded.count, !reference.isEmpty else {
            throw .channelsDiffer(reference: reference.count, degraded: degraded.count)
        }
        var channels: [SignalPair] = []
        for (a, b) in zip(reference, degraded) {
            let pair = try SignalPair(reference: a, degraded: b, sampleRate: sampleRate)
            if let first = channels.first, first.count != pair.count {
                throw .lengthsDiffer(reference: first.count, degraded: pair.count)
            }
            channels.append(pair)
        }
        self.channels = channels
    }

    /// A sound of one channel.
    public init(_ pair: SignalPair) { channels = [pair] }

    /// All channels, one behind the other.
    var joined: SignalPair {
        guard channels.count > 1 else { return channels[0] }
        return SignalPair(
            checkedReference: channels.flatMap(\.reference),
            degraded: channels.flatMap(\.degraded), sampleRate: sampleRate)
    }

    /// The same sound at another rate, by `PolyphaseResampler`.
    func resampled(to rate: Int) throws(QualityMetricError) -> SoundPair {
        guard rate != sampleRate else { return self }
        var converted: [SignalPair] = []
        for channel in channels { converted.append(try channel.resampled(to: rate)) }
        return SoundPair(checked: converted)
    }

    /// Channels that are known to be of one length and rate, at least one.
    init(checked channels: [SignalPair]) { self.channels = channels }
}
