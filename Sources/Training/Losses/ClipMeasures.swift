import Foundation
import NeuralNetwork
import PerceptualLoss

/// How far decoded clips are from the originals, the same for all tasks. One serves one thread.
final class ClipMeasures {
    private let distances: CodingDistances<Float>

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
        distances = try CodingDistances(sampleRate: Double(sampleRate), exponent: exponent)
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
        let found = try distances.distances(
            to: distances.reference(reference, graph), decoded, graph)
        measured.add("weighted", Double(found.weighted.data[0]))
        measured.add("mel", Double(found.mel.data[0]))
        measured.add("loudness", Double(found.loudness.data[0]))
        measured.add("snr_db", 10 * log10(signal / noise))
    }
}
