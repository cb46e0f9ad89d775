#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Computes the global masking thresholds of spectra.
///
/// No memory is allocated after `init`. One object serves one thread at a time.
public final class MaskingAnalyser {
    public let model: MaskingModel
    /// The maskers of the frame that was analysed last, after decimation: tonal ones first, each
    /// kind from low to high frequencies.
    public private(set) var maskers: [Masker] = []

    /// Lines that no tonal masker has taken, as power.
    private var remaining: [Double]
    private var power: [Double]
    private var threshold: [Double]
    /// Tonal maskers before the second rule of decimation, and which are settled.
    private var tonal: [Masker] = []
    private var settled: [Bool] = []

    public init(_ model: MaskingModel) {
        self.model = model
        remaining = Array(repeating: 0, count: model.binCount)
        power = remaining
        threshold = remaining
        // Every second line at most is a local maximum.
        tonal.reserveCapacity(model.binCount)
        settled.reserveCapacity(model.binCount)
        maskers.reserveCapacity(model.binCount + model.bands.count)
    }

    /// Thresholds of whole frames.
    /// - Parameters:
    ///   - spectra: `[frame][binCount]`, power relative to 0 dB SPL (`MaskingModel.powerScale`).
    ///   - thresholds: as many values: the power of a sound that is just masked, on the same scale.
    /// - Throws: `bufferSize`.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func thresholds<Scalar: BinaryFloatingPoint>(
        of spectra: UnsafeBufferPointer<Scalar>, into thresholds: UnsafeMutableBufferPointer<Scalar>
    ) throws(MaskingModelError) {
        let bins = model.binCount
        let frames = spectra.count / bins
        guard spectra.count == frames * bins else {
            throw .bufferSize(name: "spectra", count: spectra.count, required: (frames + 1) * bins)
        }
        guard thresholds.count == spectra.count else {
            throw .bufferSize(name: "thresholds", count: thresholds.count, required: spectra.count)
        }
        for frame in 0..<frames {
            for bin in 0..<bins { power[bin] = Double(spectra[frame * bins + bin]) }
            analyseFrame()
            for bin in 0..<bins { thresholds[frame * bins + bin] = Scalar(threshold[bin]) }
        }
    }

    /// `thresholds(of:into:)` for arrays.
    public func thresholds<Scalar: BinaryFloatingPoint>(of spectra: [Scalar])
        throws(MaskingModelError) -> [Scalar]
    {
        var result = [Scalar](repeating: 0, count: spectra.count)
        try result.withUnsafeMutableBufferPointer { (target) throws(MaskingModelError) in
            try spectra.withUnsafeBufferPointer { (source) throws(MaskingModelError) in
                try thresholds(of: source, into: target)
            }
        }
        return result
    }

    /// The threshold that given maskers and the threshold in quiet make together (D.1, steps 6 and
    /// 7): the powers are added.
    public func threshold(of maskers: [Masker]) -> [Double] {
        var sum = model.quiet
        for masker in maskers where (0..<model.binCount).contains(masker.bin) {
            model.addThreshold(of: masker, to: &sum)
        }
        return sum
    }

    private func analyseFrame() {
        findTonalMaskers()
        maskers.removeAll(keepingCapacity: true)
        decimateTonalMaskers()
        findNoiseMaskers()
        for bin in threshold.indices { threshold[bin] = model.quiet[bin] }
        for masker in maskers { model.addThreshold(of: masker, to: &threshold) }
    }

    /// Step 4: local maxima at least 7 dB above their neighbourhood; their level is the power of
    /// three lines. The neighbourhood is taken away from what is left for noise maskers. Fills
    /// `tonal` and `remaining`.
    private func findTonalMaskers() {
        tonal.removeAll(keepingCapacity: true)
        for bin in power.indices { remaining[bin] = power[bin] }
        let last = power.count - 1
        for k in 3..<last where power[k] > power[k - 1] && power[k] >= power[k + 1] {
            let reach = model.reach[k]
            let limit = power[k] * Self.tonalRatio
            guard k + reach <= last, k >= reach else { continue }
            var isTonal = true
            for offset in 2...reach where power[k - offset] > limit || power[k + offset] > limit {
                isTonal = false
                break
            }
            guard isTonal else { continue }
            tonal.append(makeMasker(.tonal, at: k, power: power[k - 1] + power[k] + power[k + 1]))
            for bin in k - reach...k + reach { remaining[bin] = 0 }
        }
    }

    /// Step 5 for tonal maskers: those below the threshold in quiet go; then, from the strongest
    /// on, each drives out all that are closer than 0.5 Bark. Fills `maskers`.
    private func decimateTonalMaskers() {
        tonal.removeAll { !isAudible($0) }
        settled.removeAll(keepingCapacity: true)
        for _ in tonal { settled.append(false) }
        for _ in tonal {
            var strongest = -1
            for i in tonal.indices
            where !settled[i] && (strongest < 0 || tonal[i].level > tonal[strongest].level) {
                strongest = i
            }
            guard strongest >= 0 else { break }
            settled[strongest] = true
            for i in tonal.indices
            where !settled[i]
                && abs(tonal[i].bark - tonal[strongest].bark) < MaskingModel.tonalDistance
            {
                settled[i] = true
                tonal[i].level = -.infinity
            }
        }
        for masker in tonal where masker.level > -.infinity { maskers.append(masker) }
    }

    /// Step 4 and 5 for noise: the power that is left in each critical band, at the geometric mean
    /// of the band, if above the threshold in quiet.
    private func findNoiseMaskers() {
        for (band, line) in zip(model.bands, model.noiseLines) {
            var sum = 0.0
            for bin in band { sum += remaining[bin] }
            let masker = makeMasker(.noise, at: line, power: sum)
            if isAudible(masker) { maskers.append(masker) }
        }
    }

    private func makeMasker(_ kind: Masker.Kind, at bin: Int, power: Double) -> Masker {
        Masker(
            kind: kind, bin: bin, bark: model.bark[bin],
            level: min(PowerLevel.decibels(power), Self.highestLevel))
    }

    /// False for a level that is not a number.
    private func isAudible(_ masker: Masker) -> Bool {
        masker.level >= PowerLevel.decibels(model.quiet[masker.bin])
    }

    private static let tonalRatio = PowerLevel.power(decibels: -MaskingModel.tonality)
    /// dB SPL; spectra that overflow count as this.
    private static let highestLevel = 300.0
}

extension MaskingModel {
    /// Adds the power of the individual masking threshold of a masker, X + av + vf in dB (D.1, step
    /// 6).
    ///
    /// Along each of the four pieces of the spreading function the level is linear in Bark.
    func addThreshold(of masker: Masker, to sum: inout [Double]) {
        let lines = regions[masker.bin]
        let z = masker.bark
        let nepers = log(10.0) / 10
        let top = masker.level + SpreadingFunction.maskingIndex(masker.kind, bark: z)
        let lower = SpreadingFunction.lowerSlope(level: masker.level)
        let upper = SpreadingFunction.upperSlope(level: masker.level)
        let steep = SpreadingFunction.steepSlope
        sum.withUnsafeMutableBufferPointer { sum in
            bark.withUnsafeBufferPointer { bark in
                func add(_ range: Range<Int>, slope: Double, offset: Double) {
                    let a = slope * nepers
                    let b = (top + offset) * nepers
                    for i in range { sum[i] += exp(a * (bark[i] - z) + b) }
                }
                add(lines.start..<lines.below, slope: steep, offset: steep - lower)
                add(lines.below..<masker.bin, slope: lower, offset: 0)
                add(masker.bin..<lines.above, slope: -steep, offset: 0)
                add(lines.above..<lines.end, slope: -upper, offset: upper - steep)
            }
        }
    }
}
