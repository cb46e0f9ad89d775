import ArgumentParser
import AudioFile
import CMRLCodec
import CodecTraining
import Foundation
import ToolSupport

/// Codes speech with a model file through the real bitstream.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Code speech with a model file: real bytes, SNR, and the decoded files if wanted.")
    @Argument(help: "Model file.") var model: String
    @Option(help: "Folder of speech.") var input: String
    @Option(name: .shortAndLong, help: "Folder for the decoded files.") var output: String?
    @Option(help: "Rate index of the top layer, 0...255.") var rateIndex: UInt8 = 150
    @Option(help: "Layers to send.") var layers = 1
    @Option(help: "Layers to decode.") var decodeLayers: Int?

    @Option(help: "Squared quantiser steps that a bit may cost (rate-distortion optimised quantisation); 0 = plain rounding.")
    var rateDistortion = Encoder.defaultRateDistortion

    func run() throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: model)), codec = try CodecModel(bytes: Array(bytes))
        for (option, count) in [("--layers", layers), ("--decode-layers", decodeLayers ?? layers)] where !(1...codec.layerCount).contains(count) {
            throw ToolFailure.usage("\(option) \(count): \(model) has 1 to \(codec.layerCount)")
        }
        let corpus = try Corpus(folder: input), output = output
        let result = try ModelEvaluation(model: codec).run(
            corpus: corpus, rateIndices: Encoder.rateIndices(top: rateIndex, layers: layers), decodedLayers: decodeLayers,
            rateDistortion: rateDistortion
        ) { clip, samples in
            if let output { try writeDecoded(clip, samples, to: output) }
        }
        try Output.line(
            String(
                format: "%.3f kbit/s payload  SNR %.2f dB  encode %.0f x  decode %.0f x real time", result.payloadKbps, result.snr,
                result.seconds / result.encodeSeconds, result.seconds / result.decodeSeconds))
    }
}

/// Writes decoded samples under the clip's name with extension `.wav`.
func writeDecoded(_ clip: Corpus.Clip, _ samples: [Float], to folder: String) throws {
    let path = folder + "/" + ((clip.path as NSString).deletingPathExtension) + ".wav"
    try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    let writer = try AudioWriter(path: path, settings: AudioWriter.Settings(container: .wav, encoding: .signed16, sampleRate: 16000, channels: 1))
    try writer.write(planar: [samples])
    try writer.finish()
}
