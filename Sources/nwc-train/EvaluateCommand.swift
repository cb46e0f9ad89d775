import ArgumentParser
import CMRLCodec
import Foundation
import ToolSupport
import Training

/// Codes speech with model files through the real bitstream.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            """
            Code speech with a model file: real bytes, SNR, ESTOI and PESQ, beside other models \
            and with the decoded files if wanted.
            """,
        discussion: """
            With --bitrate or --against a table: means over clips, payload rate. PESQ comes from \
            the field's own program where `nwc-eval score` finds it; `nwc-eval compare -c \
            nwc:model=FILE` has further measures, intervals and other codecs.
            """)
    @Argument(
        help: "Model file, or name of a built-in model.", completion: .file(extensions: ["nwm"]))
    var model: String
    @Option(help: "Folder of speech.", completion: .directory) var input: String
    @Option(name: .shortAndLong, help: "Folder for the decoded files.", completion: .directory)
    var output: String?
    @Option(help: "Rate index of the top layer, 0...255, where no bitrate is given. (default: 150)")
    var rateIndex: UInt8?
    @Option(
        help: ArgumentHelp(
            """
            Rates in kbit/s, separated by commas. (default with --against: 6,8,12,16,24)
            """, valueName: "rates")) var bitrate: String?
    @Option(
        help: ArgumentHelp(
            """
            Another model to put beside it, for example default, the built-in one; repeatable.
            """, valueName: "model"),
        completion: .file(extensions: ["nwm"])) var against: [String] = []
    @Option(help: "Layers to send.") var layers = 1
    @Option(help: "Layers to decode.") var decodeLayers: Int?
    @Flag(help: "Leave the models' post-filters out.") var noEnhance = false
    @Flag(help: "The table as one JSON object a line.") var json = false
    @Flag(name: .shortAndLong, help: "Overwrite decoded files; recordings never.") var force = false
    @OptionGroup var strictness: StrictOption

    /// bit/s; none = the rate index.
    private func bitrates() throws -> [Double] {
        guard let bitrate else {
            return against.isEmpty ? [] : [6, 8, 12, 16, 24].map { $0 * 1000 }
        }
        return try bitrate.split(separator: ",", omittingEmptySubsequences: false).map { word in
            do {
                return try BitRate(argument: word.trimmingCharacters(in: .whitespaces))
                    .bitsPerSecond
            } catch { throw ValidationError("--bitrate \(bitrate): \(error)") }
        }
    }

    func validate() throws {
        if rateIndex != nil, try !bitrates().isEmpty {
            throw ValidationError("--rate-index is for one model without bitrates")
        }
    }

    func run() throws {
        let models = try ([model] + against).map { name in
            let loaded = try ModelChoice.load(name)
            return (name: name, codec: noEnhance ? loaded.withoutPostFilter : loaded)
        }
        for (name, codec) in models {
            for (option, count) in [
                ("--layers", layers), ("--decode-layers", decodeLayers ?? layers),
            ] where !(1...codec.layerCount).contains(count) {
                throw ToolFailure.usage(
                    "\(option) \(count): \(name) has 1 to \(codec.layerCount)")
            }
        }
        let rate = models[0].codec.signal.sampleRate
        if let other = models.first(where: { $0.codec.signal.sampleRate != rate }) {
            throw ToolFailure.usage(
                """
                \(other.name) codes \(other.codec.signal.sampleRate) Hz, \(model) \(rate) Hz: \
                compare them with nwc-eval
                """)
        }
        let corpus = try strictness.read(input, sampleRate: rate)
        let bitrates = try bitrates()
        guard bitrates.isEmpty else {
            try ModelTable(corpus: corpus, input: input, json: json).run(
                models, bitrates: bitrates, layers: layers, decodedLayers: decodeLayers,
                output: output, force: force)
            return
        }
        let decoded = try output.map {
            try DecodedFolder($0, of: corpus, input: input, force: force)
        }
        let indices = CodecEncoder.rateIndices(top: rateIndex ?? 150, layers: layers)
        let result = try ModelEvaluation(model: models[0].codec).run(
            corpus: corpus, rate: .indices(indices), layers: layers, decodedLayers: decodeLayers
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
