/// Psychoacoustic model 1 of ISO 11172-3 (Annex D.1) for any sample rate from 8 to 48 kHz:
/// everything that depends on the settings only.
///
/// One level scale serves signals, noise and thresholds: power 1 is 0 dB SPL, and a sinusoid of
/// full scale (amplitude 1) is `fullScaleLevel`, 96 dB as in the standard. The standard shifts
/// every frame so that its maximum is 96 dB; a shift that changes from frame to frame says nothing
/// about what is heard, so the scale here is fixed.
///
/// The transform is not done here: hand in |X|^2 under the periodic Hann window 0.5 - 0.5 cos(2 pi
/// n / N), times `powerScale`. `MaskingAnalyser` computes thresholds.
public struct MaskingModel: Sendable {
    /// Seconds of the default transform. At all rates its lines lie 41.7 Hz apart, which is near to
    /// Layer II at 44.1 kHz (1,024 samples, 43.1 Hz).
    public static let defaultDuration = 0.024
    /// A line is tonal when it is so much above the lines around it, dB.
    public static let tonality = 7.0
    /// Of tonal maskers closer than this, in Bark, the strongest is kept.
    public static let tonalDistance = 0.5

    /// Hz.
    public let sampleRate: Double
    /// Samples per transform, N.
    public let size: Int
    /// dB SPL of a sinusoid of amplitude 1.
    public let fullScaleLevel: Double
    /// Spectral lines, N/2 + 1.
    public var binCount: Int { size / 2 + 1 }
    /// What turns |X|^2 (Hann window, no other scaling) into power relative to 0 dB SPL.
    ///
    /// A sinusoid of amplitude a between the lines k - 1, k and k + 1 has |X|^2 of (a N / 4)^2 (1 /
    /// 4 + 1 + 1 / 4) on them; their sum stands for it, so the scale is 10^(fullScaleLevel / 10) *
    /// (2 / 3) (4 / N)^2. Summed over all lines the power is twice the mean square of the windowed
    /// frame.
    public let powerScale: Double

    /// The critical-band rate of each line, Bark.
    public let bark: [Double]
    /// The threshold in quiet at each line as power.
    public let quiet: [Double]
    /// The lines of each critical band that has any: those of line 1 ... N/2 whose critical-band
    /// rate lies between two whole numbers.
    public let bands: [Range<Int>]

    /// Lines on each side of a line that it must rise above to be tonal, and that belong to it
    /// then.
    package let reach: [Int]
    /// The line at which the noise masker of a band stands.
    let noiseLines: [Int]
    /// For a masker at each line the first lines that are at least -3, -1, 1 and 8 Bark above it.
    let regions: [Regions]

    struct Regions: Sendable {
        var start: Int
        var below: Int
        var above: Int
        var end: Int
    }

    /// - Parameters:
    ///   - sampleRate: Hz, 8,000 ... 48,000.
    ///   - size: samples per transform, even, 5 to 100 ms; nil = 24 ms.
    ///   - fullScaleLevel: dB SPL of a sinusoid of amplitude 1.
    ///   - quietOffset: dB added to the threshold in quiet; the standard says -12 from 96 kbit/s
    ///     per channel on, 0 below.
    /// - Throws: `unsupportedSampleRate`, `unsupportedSize`, `unsupportedLevel`.
    public init(
        sampleRate: Double, size: Int? = nil, fullScaleLevel: Double = 96, quietOffset: Double = 0
    ) throws(MaskingModelError) {
        guard sampleRate >= 8_000, sampleRate <= 48_000 else {
            throw .unsupportedSampleRate(sampleRate)
        }
        let size = size ?? 2 * Int((Self.defaultDuration * sampleRate / 2).rounded())
        let duration = Double(size) / sampleRate
        guard size.isMultiple(of: 2), duration >= 0.005, duration <= 0.1 else {
            throw .unsupportedSize(size, sampleRate: sampleRate)
        }
        guard fullScaleLevel >= 0, fullScaleLevel <= 140, quietOffset.isFinite else {
            throw .unsupportedLevel(fullScaleLevel)
        }
        self.sampleRate = sampleRate
        self.size = size
        self.fullScaleLevel = fullScaleLevel
        let n = Double(size)
        powerScale = PowerLevel.power(decibels: fullScaleLevel) * 2 / 3 * 16 / (n * n)

        let width = sampleRate / n
        let last = size / 2
        let bark = (0...last).map { CriticalBandRate.bark(hertz: Double($0) * width) }
        self.bark = bark
        quiet = (0...last).map {
            PowerLevel.power(
                decibels: AbsoluteThreshold.level(hertz: Double($0) * width) + quietOffset)
        }
        reach = (0...last).map { Self.reach(hertz: Double($0) * width, lineWidth: width) }
        var bands: [Range<Int>] = []
        var start = 1
        for line in 1...last where line == last || Int(bark[line + 1]) != Int(bark[start]) {
            bands.append(start..<line + 1)
            start = line + 1
        }
        self.bands = bands
        // The geometric mean of the band's first and last line (D.1, step 4).
        noiseLines = bands.map {
            Int((Double($0.lowerBound) * Double($0.upperBound - 1)).squareRoot().rounded())
        }
        regions = (0...last).map { line in
            func first(_ distance: Double) -> Int {
                bark.firstIndex { $0 - bark[line] >= distance } ?? last + 1
            }
            return Regions(
                start: first(SpreadingFunction.lowest), below: first(-1), above: first(1),
                end: first(SpreadingFunction.highest))
        }
    }

    /// Lines on each side that take part in the decision whether a line is tonal.
    ///
    /// The standard counts lines: 2 up to line 62, 3 up to 126, 6 up to 254, 12 beyond (Layer II,
    /// 1,024 samples; Layer I, 512 samples: 2, 3, 6). In hertz both layers say nearly the same, so
    /// it is said in hertz here, by the numbers of Layer II at 44.1 kHz: 86 Hz below 2.7 kHz, 129
    /// Hz below 5.5 kHz, 258 Hz below 11 kHz, 517 Hz above. At least 2 lines, since the Hann window
    /// spreads a sinusoid over 2.
    static func reach(hertz: Double, lineWidth: Double) -> Int {
        let reference = 44_100.0 / 1024
        let lines =
            hertz < 63 * reference
            ? 2.0 : hertz < 127 * reference ? 3 : hertz < 255 * reference ? 6 : 12
        return max(2, Int((lines * reference / lineWidth).rounded()))
    }
}
