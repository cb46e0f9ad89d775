import CMRLCodec
import LPCModule

/// Codes line spectral frequencies to real bytes and back, and measures rate and distortion.
public struct LineSpectralEvaluation: Sendable {
    public let frames: Int
    /// Payload bytes * 8 over the duration of the frames, kbit/s.
    public let kilobitsPerSecond: Double
    /// dB, quantised against unquantised envelopes.
    public let distortion: SpectralDistortion.Summary
    /// Frames that did not decode to what was encoded: 0 unless something is broken.
    public let mismatches: Int

    /// Frequency tables of a model, counted on training speech with the encoder's own choices:
    /// first by the costs that the tables stand for, then by those of the tables counted before.
    /// - Parameters:
    ///   - reset: frames after which the context starts anew, as behind a key packet
    ///   - passes: how often to count
    public static func tables<M: LineSpectralCodingModel>(
        _ model: M, clips: [[LineSpectralFrequencies]], reset: Int, passes: Int = 2
    ) throws -> SignedTableSet {
        var costs = LineSpectralCosts.logistic
        var pass = 1
        while true {
            var counts = LineSpectralCounts()
            try forEachPart(clips, reset) { part in
                var state = model.makeState()
                for frame in try model.symbols(of: part, costs: costs) {
                    var symbols = frame
                    _ = model.pass(&symbols, state: &state, channel: &counts)
                }
            }
            let tables = try SignedTableSet(counts: counts.counts, prior: 1)
            if pass >= passes { return tables }
            costs = try LineSpectralCosts(tables)
            pass += 1
        }
    }

    private static func forEachPart(
        _ clips: [[LineSpectralFrequencies]], _ reset: Int,
        _ body: (ArraySlice<LineSpectralFrequencies>) throws -> Void
    ) rethrows {
        for clip in clips {
            for start in stride(from: 0, to: clip.count, by: reset) {
                try body(clip[start..<min(start + reset, clip.count)])
            }
        }
    }

    /// - Parameters:
    ///   - framesPerSecond: of the analysis
    ///   - reset: frames per chunk; each chunk is coded by itself
    public init<M: LineSpectralCodingModel>(
        _ model: M, tables: SignedTableSet, clips: [[LineSpectralFrequencies]],
        framesPerSecond: Double, reset: Int
    ) throws {
        var summary = SpectralDistortion.Summary()
        var bytes = 0
        var count = 0
        var wrong = 0
        let measure = SpectralDistortion()
        let costs = try LineSpectralCosts(tables)
        try Self.forEachPart(clips, reset) { part in
            var encoder = LineSpectralEncoder(tables)
            var state = model.makeState()
            var quantised: [LineSpectralFrequencies] = []
            for frame in try model.symbols(of: part, costs: costs) {
                var symbols = frame
                quantised.append(try model.pass(&symbols, state: &state, channel: &encoder))
            }
            let chunk = encoder.finish()
            var decoder = LineSpectralDecoder(tables, chunk)
            state = model.makeState()
            for (frame, expected) in zip(part, quantised) {
                var symbols: [Int] = []
                let decoded = try model.pass(&symbols, state: &state, channel: &decoder)
                if decoded != expected { wrong += 1 }
                summary.add(measure(frame.predictor, decoded.predictor))
            }
            bytes += chunk.count
            count += part.count
        }
        frames = count
        kilobitsPerSecond =
            count > 0 ? Double(bytes) * 8 / (Double(count) / framesPerSecond) / 1000 : 0
        distortion = summary
        mismatches = wrong
    }
}
