import Foundation
import LPCModule

/// How well an analysis predicts speech: signal over residual of the interpolating filter, the
/// measure by which its window was chosen.
public enum PredictionGain {
    /// Mean over all stretches of 10 ms above -60 dBFS of 10 log10(signal energy / residual
    /// energy), dB.
    public static func segmental(
        _ corpus: Corpus, _ configuration: LPCConfiguration, subframes: Int
    ) throws -> Double {
        var sum = 0.0
        var count = 0
        let length = corpus.sampleRate / 100
        for clip in corpus.clips {
            let samples = clip.floats
            var analyser = try LPCAnalyser(configuration)
            var filter = try PredictionErrorFilter(
                order: configuration.order, hop: configuration.hop, subframes: subframes)
            let frames = try (analyser.step(samples) + analyser.flush()).map(\.lineSpectrum)
            let residual = try filter.step(samples, frames: frames)
            for start in stride(from: 0, to: samples.count - length + 1, by: length) {
                var signal = 0.0
                var error = 0.0
                for n in start..<start + length {
                    signal += Double(samples[n]) * Double(samples[n])
                    error += Double(residual[n]) * Double(residual[n])
                }
                guard signal > 1e-6 * Double(length), error > 0 else { continue }
                sum += 10 * log10(signal / error)
                count += 1
            }
        }
        return count > 0 ? sum / Double(count) : 0
    }
}
