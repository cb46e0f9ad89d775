import ArgumentParser
import AudioFile
import CMRLCodec
import EncoderRefinement
import ToolSupport

/// The command line of `nwc-enc`.
struct EncodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nwc-enc",
        abstract: "Encode sound as an nwc bitstream.",
        usage:
            """
            nwc-enc [options] INPUT [OUTPUT]
                   nwc-enc [options] INPUT... [FOLDER | --output-dir FOLDER]
            """,
        discussion: """
            The default model codes speech at 16 kHz; --model audio codes speech and music at \
            44.1 kHz, up to 20 kHz, neighbouring channels jointly. Other sampling rates are \
            converted, and nwc-dec restores rate, channels and exact length. \
            Without a word about the output, voice.wav becomes voice.nwc beside it; a folder as \
            last \
            of several operands takes the outputs. - is standard input or output.
            """,
        version: VersionText.lazy(
            tool: "nwc-enc", formatVersion: Int(StreamHeader.version), models: ModelChoice.builtIn))

    @OptionGroup(title: "Rate and quality") var quality: QualityOptions
    @OptionGroup(title: "Output") var destination: DestinationOptions
    @OptionGroup(title: "Many files") var batch: BatchOptions
    @OptionGroup(title: "Reports") var report: ReportOptions
    @OptionGroup(title: "Bitstream") var stream: StreamOptions
    @OptionGroup(title: "Input") var input: SoundInputOptions
    @OptionGroup(title: "Raw input") var raw: RawInputOptions

    @Flag(help: "Decode what is written and compare it with what was encoded.")
    var verify = false

    @Flag(name: .shortAndLong, help: "A line on standard error for every packet.")
    var verbose = false

    @Argument(
        help: ArgumentHelp(
            """
            Sound files: WAV, FLAC, AIFF, AU, Ogg, MP3 ..., and with ffmpeg M4A, AMR, WMA ... - is \
            standard input.
            """, valueName: "input"),
        completion: .file())
    var operands: [String] = []

    func run() throws {
        let jobs = try OutputPlan.encoding(raw: raw.raw).jobs(
            operands: operands, destination: destination, batch: batch)
        try report.check(outputs: jobs.map(\.output))
        let files = try CodingBatch(jobs: jobs, batch: batch, report: report)
        if quality.bitrate != nil, stream.rateIndex != nil {
            throw ToolFailure.usage("only one of --bitrate and --rate-index can be given")
        }
        let readerOptions = try input.readerOptions(raw)
        let effort = quality.effort
        guard effort == 0 || AnalysisBySynthesis.roundsRange.contains(effort) else {
            throw ToolFailure.usage("--effort \(effort): possible are 0 ... 1000")
        }
        let passes = quality.adapt ?? 0
        guard passes == 0 || RecordingAdapter.passesRange.contains(passes) else {
            throw ToolFailure.usage("--adapt \(passes): possible are 0 ... 1000000")
        }
        if passes > 0, stream.patch != nil || effort > 0 {
            throw ToolFailure.usage("--adapt goes neither with --patch nor with --effort")
        }
        let codec = try model()
        var encode = EncodeJob(model: codec)
        if effort > 0 {
            let rounds = effort
            encode.refinedShare = { AnalysisBySynthesis.expectedShare(bitrate: $0) }
            encode.makeRefiner = { try AnalysisBySynthesis(model: codec, rounds: rounds) }
        }
        if passes > 0 {
            encode.adapt = { model, samples, index in
                try RecordingAdapter(model: model, samples: samples, rateIndex: index).run(
                    passes: passes
                ).patch
            }
        }
        encode.bitrate = quality.bitrate?.bitsPerSecond
        encode.layers = stream.layers
        encode.layering = stream.layering
        encode.rateIndex = stream.rateIndex
        encode.keyInterval = stream.keyInterval
        encode.blocksPerPacket = stream.packetBlocks
        encode.readerOptions = readerOptions
        encode.force = report.force
        encode.showsProgress = report.showsProgress && files.isSingle
        encode.verifies = verify
        encode.keepsTags = stream.tags
        encode.enhances = stream.enhance
        if quality.denoise || quality.denoiseStrength != nil {
            encode.denoiser = try DenoiserChoice.load(nil)
            encode.denoisingStrength = quality.denoiseStrength ?? 1
        }
        try encode.check()
        try run(encode, files)
    }

    /// The model that the options choose, with the patch if there is one.
    private func model() throws -> CodecModel {
        let model = try ModelChoice.load(
            stream.model.model, postFilter: stream.model.postFilter)
        guard let path = stream.patch else { return model }
        let bytes = try InputBytes(path: path).all(limit: ModelPatch.maximumByteCount)
        do throws(CodecError) {
            return try model.adapted(by: ModelPatch(bytes: bytes))
        } catch { throw ToolFailure.runtime("\(path): \(error)") }
    }

    private func run(_ encode: EncodeJob, _ files: CodingBatch) throws {
        let verbose = verbose
        let isLive = files.isSingle
        try files.run { job in
            // Lines of files that are coded side by side must not be mixed.
            var details: [String] = []
            let report = try encode.run(job) { line in
                guard verbose else { return }
                if isLive { Console.note(line) } else { details.append(line) }
            }
            return (report, details)
        }
    }
}
