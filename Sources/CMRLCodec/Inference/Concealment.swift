/// Substitutes for lost frames, one channel.
///
/// What was heard last goes on with its pitch period (as ITU-T G.711 Appendix I does, but in the
/// codec's own overlapped frames, which makes both seams smooth), mixed with the last spectrum
/// under random signs as far as the sound is not periodic; both fade out. Additions are in fixed
/// order, so that every machine conceals alike.
struct Concealment {
    /// Highest and lowest pitch in Hz; periods are compared over the length of the longest.
    static let pitches = 50...500
    /// Frames that keep their level, and the factor of each one after them.
    static let steadyFrames = 2
    static let fade: Float = 0.82
    /// Factor of the periodic part for each frame: long losses must not buzz.
    static let loosening: Float = 0.94
    /// Level of the part under random signs: noise where there was none before is heard more than a
    /// little too little of it.
    static let noiseLevel: Float = 0.7

    private let hop: Int
    /// Samples of a hundredth of a second.
    private let fadeSamples: Int
    /// Possible pitch periods in samples.
    private let lags: ClosedRange<Int>
    /// The latest samples, enough for the longest period and the window.
    private var history: [Float]
    private var lastSpectrum: [Float]
    private var seed: UInt32 = 1
    private var loss: Loss?

    /// A loss that goes on.
    private struct Loss {
        var period: [Float]
        var voicing: Float
        var place = 0
        var frame = 0
        /// Samples that overlap with the next frame.
        var ahead: [Float] = []
        /// Samples that were given out where no spectra are.
        var given = 0

        mutating func samples(_ count: Int) -> [Float] {
            (0..<count).map { _ in
                defer { place = place + 1 == period.count ? 0 : place + 1 }
                return period[place]
            }
        }
    }

    init(_ signal: SignalFormat) {
        hop = signal.hop
        fadeSamples = signal.sampleRate / 100
        lags =
            signal.sampleRate / Self.pitches.upperBound...signal.sampleRate
            / Self.pitches.lowerBound
        history = Array(repeating: 0, count: 2 * lags.upperBound)
        lastSpectrum = Array(repeating: 0, count: hop)
    }

    /// The latest decoded spectrum: a loss is over.
    mutating func remember(_ spectrum: [Float]) {
        lastSpectrum = spectrum
        loss = nil
    }

    /// Samples that were given out, decoded or concealed.
    mutating func hear(_ samples: [Float]) {
        let kept = max(history.count - samples.count, 0)
        history = Array(history.suffix(kept)) + samples.suffix(history.count - kept)
    }

    /// Spectra in place of the next frames.
    /// - Parameter analyse: spectra of the frames inside a stretch of samples, a hop less
    mutating func next(frames: Int, analyse: ([Float]) -> [Float]) -> [Float] {
        var loss = self.loss ?? begin()
        if loss.ahead.isEmpty { loss.ahead = loss.samples(hop) }
        let fresh = loss.samples(frames * hop)
        var spectra = analyse(loss.ahead + fresh)
        loss.ahead = Array(fresh.suffix(hop))
        var gain = Self.power(Self.fade, max(loss.frame - Self.steadyFrames, 0))
        var voicing = loss.voicing * Self.power(Self.loosening, loss.frame)
        for t in 0..<frames {
            if loss.frame >= Self.steadyFrames { gain *= Self.fade }
            voicing *= Self.loosening
            for k in 0..<hop {
                seed = seed &* 1_664_525 &+ 1_013_904_223
                let noise = seed >> 31 == 0 ? lastSpectrum[k] : -lastSpectrum[k]
                spectra[t * hop + k] =
                    gain
                    * (voicing * spectra[t * hop + k] + (1 - voicing) * Self.noiseLevel * noise)
            }
            loss.frame += 1
        }
        self.loss = loss
        return spectra
    }

    /// Samples in place of the next ones, for codecs of the samples themselves: the pitch period,
    /// the softer the less periodic the sound was.
    /// - Parameters:
    ///   - count: to be given out, at least `ahead`
    ///   - ahead: so many more, with which the next ones given begin again
    mutating func samples(_ count: Int, ahead: Int) -> [Float] {
        var loss = self.loss ?? begin()
        var sound = loss.ahead + loss.samples(count + ahead - loss.ahead.count)
        loss.ahead = Array(sound.suffix(ahead))
        // Of the beginning of every hundredth of a second, straight lines between.
        let length = fadeSamples
        let first = loss.given / length
        let levels = (first...(loss.given + sound.count) / length + 1).map { step in
            Self.power(Self.fade, max(step - Self.steadyFrames, 0)) * (0.5 + 0.5 * loss.voicing)
        }
        for i in sound.indices {
            let place = loss.given + i
            let step = place / length - first
            let part = Float(place % length) / Float(length)
            sound[i] *= levels[step] + part * (levels[step + 1] - levels[step])
        }
        loss.given += count
        self.loss = loss
        return sound
    }

    /// A loss is over, where no spectra are.
    mutating func recover() { loss = nil }

    /// Finds the period of what was heard last.
    private func begin() -> Loss {
        let end = history.count
        let window = lags.upperBound
        let start = end - window
        var own: Float = 1e-9
        for n in start..<end { own += history[n] * history[n] }
        var best = (lag: window, correlation: Float(0))
        for lag in lags {
            var product: Float = 0
            var other: Float = 1e-9
            for n in start..<end {
                product += history[n] * history[n - lag]
                other += history[n - lag] * history[n - lag]
            }
            let correlation = product / (own * other).squareRoot()
            if correlation > best.correlation { best = (lag, correlation) }
        }
        let lag = best.lag
        var period = Array(history[(end - lag)...])
        // The last quarter leads over to the first sample: it becomes what came before the period.
        let quarter = lag / 4
        for i in 0..<quarter {
            let weight = Float(i + 1) / Float(quarter + 1)
            period[lag - quarter + i] =
                (1 - weight) * period[lag - quarter + i] + weight * history[end - lag - quarter + i]
        }
        return Loss(period: period, voicing: max(0, min(1, (best.correlation - 0.3) / 0.5)))
    }

    private static func power(_ base: Float, _ exponent: Int) -> Float {
        guard exponent < 200 else { return 0 }
        return (0..<exponent).reduce(Float(1)) { value, _ in value * base }
    }
}
