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

    /// Frequency tables of a model, counted on training speech.
    /// - Parameter reset: frames after which the context starts anew, as behind a key packet
    public static func tables<M: LineSpectralCodingModel>(_ model: M, clips: [[LineSpectralFrequencies]], reset: Int) throws -> SignedTableSet {
        var counts = LineSpectralCounts()
        for clip in clips {
            var state = model.makeState()
            for (t, frame) in clip.enumerated() {
                if t % reset == 0 { state = model.makeState() }
                var symbols = try model.symbols(of: frame)
                _ = model.pass(&symbols, state: &state, channel: &counts)
            }
        }
        return try SignedTableSet(counts: counts.counts, prior: 1)
    }

    /// - Parameters:
    ///   - framesPerSecond: of the analysis
    ///   - reset: frames per chunk; each chunk is coded by itself
    public init<M: LineSpectralCodingModel>(
        _ model: M, tables: SignedTableSet, clips: [[LineSpectralFrequencies]], framesPerSecond: Double, reset: Int
    ) throws {
        var summary = SpectralDistortion.Summary(), bytes = 0, count = 0, wrong = 0
        let measure = SpectralDistortion()
        for clip in clips {
            for start in stride(from: 0, to: clip.count, by: reset) {
                let part = clip[start..<min(start + reset, clip.count)]
                var encoder = LineSpectralEncoder(tables), state = model.makeState(), quantised: [LineSpectralFrequencies] = []
                for frame in part {
                    var symbols = try model.symbols(of: frame)
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
        }
        frames = count
        kilobitsPerSecond = count > 0 ? Double(bytes) * 8 / (Double(count) / framesPerSecond) / 1000 : 0
        distortion = summary
        mismatches = wrong
    }
}
