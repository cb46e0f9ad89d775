import AudioFile
import Training
import Foundation
import NeuralNetwork

/// A folder with a few seconds of generated voice, gone with its owner.
final class Speech {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "nwc-training-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path + "/speech", withIntermediateDirectories: true)
        for clip in 0..<3 {
            var random = RandomSource(seed: UInt64(clip))
            let samples = (0..<9000).map { n -> Float in
                let t = Double(n) / 16000
                let pitch = 110.0 + 30 * Double(clip)
                let level = 0.5 + 0.5 * sin(7 * t)
                let tone = (1...12).reduce(0.0) {
                    $0 + sin(2 * .pi * pitch * Double($1) * t) / Double($1)
                }
                return Float(0.15 * level * tone + random.uniform(-0.01, 0.01))
            }
            let settings = AudioWriter.Settings(
                container: .wav, encoding: .signed16, sampleRate: 16000, channels: 1)
            let writer = try AudioWriter(path: path + "/speech/\(clip).wav", settings: settings)
            try writer.write(planar: [samples])
            try writer.finish()
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
    func corpus() throws -> Corpus { try Corpus(folder: path + "/speech") }
}
