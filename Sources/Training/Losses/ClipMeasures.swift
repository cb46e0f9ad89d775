import Foundation
import NeuralNetwork
import PerceptualLoss

/// How far decoded clips are from the originals, the same for all tasks. One serves one thread.
final class ClipMeasures {
    private let weighted: WeightedSNRLoss<Float>
    private let mel: MelLoss<Float>
    private let loudness: LoudnessLoss<Float>

    /// log10 of the weighted noise-to-signal ratio, mel and loudness distance, plain SNR in dB:
    /// means over clips.
    static var columns: [Column] {
        [
            Column("weighted", "weighted %.3f"), Column("mel", "mel %.3f"),
            Column("loudness", "loudness %.3f"), Column("snr_db", "SNR %.2f dB", isRising: true),
        ]
    }

    /// - Parameter exponent: of the weighting
    init(sampleRate: Int, exponent: Double = 0.6) throws {
        let rate = Double(sampleRate)
        weighted = try WeightedSNRLoss(sampleRate: rate, exponent: exponent)
        mel = try MelLoss(sampleRate: rate)
        loudness = try LoudnessLoss(sampleRate: rate)
    }

    /// - Parameters:
    ///   - x: the original, and `y` what became of it, [1, at least `samples`, 1]
    ///   - samples: of the clip; what follows is padding
    func measure(
        _ x: Tensor<Float>, _ y: Tensor<Float>, samples: Int, _ graph: Graph<Float>,
        _ measured: inout Measurements
    ) throws {
        var signal = 1e-9
        var noise = 1e-9
        for i in 0..<samples {
            let difference = Double(x.data[i] - y.data[i])
            signal += Double(x.data[i] * x.data[i])
            noise += difference * difference
        }
        let level = 0.1 / (signal / Double(max(samples, 1))).squareRoot()
        let reference = graph.affine(x, scale: level)
        let decoded = graph.affine(y, scale: level)
        measured.add("weighted", Double(try weighted(reference, decoded, graph).data[0]))
        measured.add("mel", Double(try mel(reference, decoded, graph).data[0]))
        measured.add("loudness", Double(try loudness(reference, decoded, graph).data[0]))
        measured.add("snr_db", 10 * log10(signal / noise))
    }
}
