import AudioFile
import Enhancement

/// Sound of any rate and any number of channels through a denoiser, each channel by itself. Pieces
/// come out later than they go in, at the places where they lay; all together are as many samples
/// as went in.
///
/// Other rates are resampled to the denoiser's and back. What lies above its band gets the gain of
/// the band's upper part over about 5 ms, so that hiss does not stay where speech pauses.
final class DenoisingStage {
    private let streams: [DenoiserStream]
    /// nil where the rate is the denoiser's.
    private let resampling: Resampling?

    private struct Resampling {
        let down: StreamResampler
        /// What the denoiser gives, and, for the band above, what it was given.
        let up: StreamResampler
        let upInput: StreamResampler?
    }

    /// Samples of the source, and of the denoiser's input, whose output is not known yet: kept
    /// where there is a band above.
    private var source: [[Float]]
    private var input: [[Float]]
    private var upper: [UpperGain]
    /// Gains of the upper part of the band, sample by sample of the denoiser's, from number
    /// `firstGain` on.
    private var gains: [[Float]]
    private var firstGain = 0
    private var framesIn = 0
    private var framesOut = 0

    /// - Parameter strength: see `DenoiserStream`
    init(_ denoiser: Denoiser, strength: Float, sampleRate: Int, channels: Int)
        throws(AudioFileError)
    {
        streams = (0..<channels).map { _ in DenoiserStream(denoiser, strength: strength) }
        source = Array(repeating: [], count: channels)
        input = source
        upper = Array(repeating: UpperGain(sampleRate: denoiser.sampleRate), count: channels)
        gains = source
        guard sampleRate != denoiser.sampleRate else {
            resampling = nil
            return
        }
        func up() throws(AudioFileError) -> StreamResampler {
            try StreamResampler(from: denoiser.sampleRate, to: sampleRate, channels: channels)
        }
        let hasMore = sampleRate > denoiser.sampleRate
        resampling = Resampling(
            down: try StreamResampler(
                from: sampleRate, to: denoiser.sampleRate, channels: channels), up: try up(),
            upInput: hasMore ? try up() : nil)
    }

    /// Power that was kept of the sound over what was taken away, over all channels: an estimate of
    /// speech to noise before. nil where either is nothing.
    var powerRatio: Double? {
        let kept = streams.reduce(0) { $0 + $1.energyKept }
        let removed = streams.reduce(0) { $0 + $1.energyRemoved }
        return kept > 0 && removed > 0 ? kept / removed : nil
    }

    /// Samples beyond what the denoiser takes.
    var limitedSamples: Int { streams.reduce(0) { $0 + $1.limitedSamples } }

    /// - Parameter planes: one array a channel
    func process(_ planes: [[Float]]) throws(AudioFileError) -> [[Float]] {
        framesIn += planes.first?.count ?? 0
        guard let resampling else { return zip(streams, planes).map { $0.step($1) } }
        if resampling.upInput != nil {
            for (i, samples) in planes.enumerated() { source[i] += samples }
        }
        return try restored(try resampling.down.process(planes), isEnding: false)
    }

    func finish() throws(AudioFileError) -> [[Float]] {
        guard let resampling else { return streams.map { $0.finish() } }
        return try restored(try resampling.down.finish(), isEnding: true)
    }

    /// At the rate of the source.
    private func restored(_ planes: [[Float]], isEnding: Bool) throws(AudioFileError) -> [[Float]] {
        guard let resampling else { return planes }
        var clean = zip(streams, planes).map { $0.step($1) }
        if isEnding {
            for (i, stream) in streams.enumerated() { clean[i] += stream.finish() }
        }
        func up(_ resampler: StreamResampler, _ planes: [[Float]]) throws(AudioFileError)
            -> [[Float]]
        {
            var result = try resampler.process(planes)
            if isEnding {
                for (i, rest) in try resampler.finish(totalFrames: framesIn).enumerated() {
                    result[i] += rest
                }
            }
            return result
        }
        var output = try up(resampling.up, clean)
        guard let upInput = resampling.upInput else { return output }
        var taken = clean
        for i in clean.indices {
            input[i] += planes[i]
            taken[i] = Array(input[i].prefix(clean[i].count))
            input[i].removeFirst(taken[i].count)
            gains[i] += upper[i].next(taken[i], clean[i])
        }
        let low = try up(upInput, taken)
        let count = output.first?.count ?? 0
        let (rate, own) = (upInput.targetRate, upInput.sourceRate)
        for i in output.indices {
            for j in 0..<min(count, source[i].count) {
                let at = min((framesOut + j) * own / rate - firstGain, gains[i].count - 1)
                output[i][j] += (source[i][j] - low[i][j]) * (at >= 0 ? gains[i][at] : 1)
            }
            source[i].removeFirst(min(count, source[i].count))
        }
        framesOut += count
        let used = min(
            max(framesOut * own / rate - firstGain, 0), max((gains.first?.count ?? 0) - 1, 0))
        for i in gains.indices { gains[i].removeFirst(used) }
        firstGain += used
        return output
    }
}

/// The gain that a denoiser gives the upper part of its band, sample by sample.
private struct UpperGain {
    /// The last two samples before and behind the denoiser.
    private var before: (Float, Float) = (0, 0)
    private var after: (Float, Float) = (0, 0)
    /// Recursive means of squares.
    private var powers: (before: Float, after: Float) = (0, 0)
    private let share: Float

    init(sampleRate: Int) { share = 1 / (0.005 * Float(sampleRate)) }

    mutating func next(_ x: [Float], _ y: [Float]) -> [Float] {
        zip(x, y).map { x, y in
            // Second differences: |2 sin (w / 2)|^4, half of it above 0.7 of the band.
            let a = x - 2 * before.1 + before.0
            let b = y - 2 * after.1 + after.0
            before = (before.1, x)
            after = (after.1, y)
            powers.before += share * (a * a - powers.before)
            powers.after += share * (b * b - powers.after)
            return min(1, (powers.after / max(powers.before, 1e-12)).squareRoot())
        }
    }
}
