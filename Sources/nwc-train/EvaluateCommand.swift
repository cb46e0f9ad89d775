import ArgumentParser
import CMRLCodec
import Foundation
import ToolSupport
import Training

/// Codes speech with a model file through the real bitstream.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Code speech with a model file: real bytes, SNR, and the decoded files if wanted."
    )
    @Argument(help: "Model file, or name of a built-in model.") var model: String
    @Option(help: "Folder of speech.") var input: String
    @Option(name: .shortAndLong, help: "Folder for the decoded files.") var output: String?
    @Option(help: "Rate index of the top layer, 0...255.") var rateIndex: UInt8 = 150
    @Option(help: "Layers to send.") var layers = 1
    @Option(help: "Layers to decode.") var decodeLayers: Int?
    @Flag(name: .shortAndLong, help: "Overwrite decoded files; recordings never.") var force = false
    @OptionGroup var strictness: StrictOption

    func run() throws {
        let codec = try ModelChoice.load(model)
        for (option, count) in [("--layers", layers), ("--decode-layers", decodeLayers ?? layers)]
        where !(1...codec.layerCount).contains(count) {
            throw ToolFailure.usage("\(option) \(count): \(model) has 1 to \(codec.layerCount)")
        }
        let corpus = try strictness.read(input, sampleRate: codec.signal.sampleRate)
        let decoded = try output.map {
            try DecodedFolder($0, of: corpus, input: input, force: force)
        }
        let result = try ModelEvaluation(model: codec).run(
            corpus: corpus, rateIndices: CodecEncoder.rateIndices(top: rateIndex, layers: layers),
            decodedLayers: decodeLayers
        ) { clip, samples in
            try decoded?.write(clip, samples)
        }
        try Output.line(
            String(
                format: "%.3f kbit/s payload  SNR %.2f dB  encode %.0f x  decode %.0f x real time",
                result.payloadKbps, result.snr,
                result.seconds / result.encodeSeconds, result.seconds / result.decodeSeconds))
    }
}
