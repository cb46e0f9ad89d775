/// Linear prediction of a signal in frames, as a stream: line spectral frequencies for every `hop`
/// samples.
///
/// Frame m covers samples m hop ..< (m + 1) hop; its window ends `lookAhead` samples later. Results
/// do not depend on how the signal is cut into calls.
public struct LPCAnalyser: Sendable {
    /// One frame of analysis.
    public struct Frame: Sendable, Equatable {
        public let predictor: LinearPredictor
        public let lineSpectrum: LineSpectralFrequencies
        /// 10 log10 of windowed signal energy over prediction error energy, dB.
        public let predictionGain: Double
    }

    public let configuration: LPCConfiguration
    private let window: [Double]
    private let lag: [Double]
    private let floor: Double
    /// Samples of the windows that are still to come, pre-emphasised; the first is sample `start`.
    private var buffer: [Double]
    private var start: Int
    private var lastSample = 0.0
    private var received = 0
    private var frames = 0

    /// - Throws: `invalidOrder`, `invalidSetting`.
    public init(_ configuration: LPCConfiguration = LPCConfiguration()) throws(LPCError) {
        try configuration.validate()
        self.configuration = configuration
        window = configuration.windowShape
        lag = Autocorrelation.lagWindow(
            order: configuration.order, bandwidth: configuration.lagBandwidth,
            sampleRate: configuration.sampleRate)
        floor = configuration.noiseFloor * window.reduce(0) { $0 + $1 * $1 }
        start = min(0, configuration.hop + configuration.lookAhead - configuration.window)
        buffer = Array(repeating: 0, count: -start)
    }

    /// Takes samples (full scale 1) and returns the frames whose windows are complete.
    /// - Throws: `notFinite` with the index in `samples`; nothing has changed then.
    public mutating func step(_ samples: [Float]) throws(LPCError) -> [Frame] {
        for (i, x) in samples.enumerated() where !x.isFinite {
            throw .notFinite(name: "samples", index: i)
        }
        for x in samples {
            buffer.append(Double(x) - configuration.preEmphasis * lastSample)
            lastSample = Double(x)
        }
        received += samples.count
        return try drain()
    }

    /// The frames that are left, as if zeros followed: in all, as many as cover the samples (the
    /// last may be a part).
    public mutating func flush() throws(LPCError) -> [Frame] {
        let missing = (received + configuration.hop - 1) / configuration.hop - frames
        guard missing > 0 else { return [] }
        let end = (frames + missing) * configuration.hop + configuration.lookAhead
        buffer.append(contentsOf: repeatElement(0, count: max(0, end - start - buffer.count)))
        return try drain(limit: missing)
    }

    /// Forgets the signal: the next sample is the first.
    public mutating func reset() {
        start = min(0, configuration.hop + configuration.lookAhead - configuration.window)
        buffer = Array(repeating: 0, count: -start)
        (lastSample, received, frames) = (0, 0, 0)
    }

    private mutating func drain(limit: Int = .max) throws(LPCError) -> [Frame] {
        var result: [Frame] = []
        var at = 0
        while result.count < limit {
            // A window that is shorter than hop + look-ahead begins behind sample 0.
            let begin =
                frames * configuration.hop + configuration.hop + configuration.lookAhead
                - configuration.window - start
            guard begin + configuration.window <= buffer.count else { break }
            result.append(try analyse(buffer[begin..<begin + configuration.window]))
            frames += 1
            at = begin + configuration.hop
        }
        at = min(at, buffer.count)
        buffer.removeFirst(at)
        start += at
        return result
    }

    private func analyse(_ x: ArraySlice<Double>) throws(LPCError) -> Frame {
        let r = Autocorrelation.condition(
            Autocorrelation.windowed(x, window: window, order: configuration.order), lagWindow: lag,
            whiteNoise: configuration.whiteNoise, floor: floor)
        let solution = try LevinsonDurbin.solve(r)
        return Frame(
            predictor: solution.predictor,
            lineSpectrum: try solution.predictor.lineSpectralFrequencies(),
            predictionGain: solution.predictionGainDecibels)
    }
}
