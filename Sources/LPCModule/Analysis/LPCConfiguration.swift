/// Settings of `LPCAnalyser`. The defaults are for speech at 16 kHz, near those of 3GPP TS 26.190;
/// see Docs/lpc.md.
public struct LPCConfiguration: Sendable, Equatable {
    /// Hz.
    public var sampleRate = 16000.0
    /// Even, 2 ... 32.
    public var order = 16
    /// Samples per frame.
    public var hop = 320
    /// Samples of the analysis window, at least `hop`.
    public var window = 480
    /// Samples behind the end of a frame that its window reaches.
    public var lookAhead = 80
    /// Pre-emphasis 1 - c z^-1 before analysis only, 0 = none: lifts the weak high frequencies
    /// before they drown in the window's side lobes.
    public var preEmphasis = 0.0
    /// Bandwidth of the lag window in Hz, 0 = none.
    public var lagBandwidth = 40.0
    /// Share of the signal's energy that is added as white noise: the envelope's floor.
    public var whiteNoise = 1e-4
    /// Power per sample (full scale = 1) added as white noise: what is far below it gets a flat
    /// envelope. Default: rounding to 16 bits.
    public var noiseFloor = 7.8e-11

    public init() {}

    /// - Throws: the first setting that is out of range.
    public func validate() throws(LPCError) {
        try LPCError.check(order: order)
        func check(_ name: String, _ value: Double, _ range: ClosedRange<Double>) throws(LPCError) {
            guard range.contains(value) else {
                throw .invalidSetting(
                    name: name, value: value, allowed: "\(range.lowerBound) ... \(range.upperBound)"
                )
            }
        }
        try check("sample rate", sampleRate, 1...1e6)
        try check("hop", Double(hop), 1...65536)
        try check("window", Double(window), Double(max(hop, order + 1))...1_048_576)
        try check("look-ahead", Double(lookAhead), 0...Double(window))
        try check("pre-emphasis", preEmphasis, 0...0.99)
        try check("lag bandwidth", lagBandwidth, 0...sampleRate / 4)
        try check("white noise", whiteNoise, 1e-9...1)
        try check("noise floor", noiseFloor, 1e-30...1)
    }

    /// Asymmetric window: half a Hann-shaped rise, then a cosine fall over twice the look-ahead, so
    /// that its weight lies at the end of the frame; without look-ahead a symmetric Hann window.
    /// Never 0.
    public var windowShape: [Double] {
        let fall = lookAhead > 0 ? min(2 * lookAhead, window / 2) : window / 2
        let rise = window - fall
        return (0..<window).map { n in
            let t =
                n < rise
                ? (Double(n) + 0.5) / Double(rise) : (Double(window - n) - 0.5) / Double(fall)
            return 0.5 - 0.5 * Elementary.cosine(.pi * t)
        }
    }
}
