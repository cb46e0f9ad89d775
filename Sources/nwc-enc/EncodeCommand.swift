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
            Speech at 16 kHz is what the codec is made for; other sampling rates are converted, \
            and nwc-dec restores rate, channels and exact length. \
            Without a word about the output, voice.wav becomes voice.nwc beside it; a folder as \
            last \
            of several operands takes the outputs. - is standard input or output.
            """,
        version: VersionText.lazy(
            tool: "nwc-enc", formatVersion: Int(StreamHeader.version), models: ModelChoice.builtIn))

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            Average rate of the whole file, all channels, in kbit/s, 1 ... 100 a channel. \
            (default: 16 a channel)
            """,
            valueName: "kbit/s"),
        transform: BitRate.init(argument:))
    var bitrate: BitRate?

    @Option(
        help: ArgumentHelp(
            """
            Layers to send; upper ones can be dropped later by nwc-info strip. (default: the \
            fewest that meet the bitrate)
            """,
            valueName: "n"))
    var layers: Int?

    @Option(
        help: ArgumentHelp(
            "Fixed rate index of the top layer, 0 ... 255, instead of a bitrate.",
            valueName: "index"))
    var rateIndex: UInt8?

    @OptionGroup var model: ModelOptions

    @Option(
        help: ArgumentHelp(
            "Every so many packets one can be decoded without those before it.",
            valueName: "packets"))
    var keyInterval = 1

    @Option(help: ArgumentHelp("Blocks of 20 ms in a packet.", valueName: "blocks"))
    var packetBlocks = 50

    @Option(
        help: ArgumentHelp(
            """
            Rounds of analysis by synthesis, 0 ... 1000: better sound at the same rate for \
            more time; decoders need not know. One layer only.
            """,
            valueName: "rounds"))
    var effort = 0

    @Flag(help: "Decode what is written and compare it with what was encoded.")
    var verify = false

    @OptionGroup var input: SoundInputOptions

    @Flag(
        inversion: .prefixedNo,
        help:
            """
            Keep title, artist, date and the like of the source; decoders before version 2 of \
            the format refuse streams that have some.
            """
    )
    var tags = true

    @Flag(
        inversion: .prefixedNo,
        help: """
            Name the model's post-filter in the stream, so that decoders use it; --no-enhance \
            makes streams that decoders without post-filters read too.
            """)
    var enhance = true

    @Flag(help: "Take noise out before coding, as nwc-denoise does.")
    var denoise = false

    @Option(
        help: ArgumentHelp(
            "Share of the denoising in dB, 0 ... 1; implies --denoise. (default: 1)",
            valueName: "share"))
    var denoiseStrength: Double?

    @OptionGroup(title: "Raw input") var raw: RawInputOptions
    @OptionGroup(title: "Output") var destination: DestinationOptions
    @OptionGroup(title: "Many files") var batch: BatchOptions
    @OptionGroup(title: "Reports") var report: ReportOptions

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
        if bitrate != nil, rateIndex != nil {
            throw ToolFailure.usage("only one of --bitrate and --rate-index can be given")
        }
        let readerOptions = try input.readerOptions(raw)
        guard effort == 0 || AnalysisBySynthesis.roundsRange.contains(effort) else {
            throw ToolFailure.usage("--effort \(effort): possible are 0 ... 1000")
        }
        let codec = try ModelChoice.load(
            model.model, postFilter: model.postFilter, keepsParameters: effort > 0)
        var encode = EncodeJob(model: codec)
        if effort > 0 {
            let rounds = effort
            encode.refinedShare = { AnalysisBySynthesis.expectedShare(bitrate: $0) }
            encode.makeRefiner = { try AnalysisBySynthesis(model: codec, rounds: rounds) }
        }
        encode.bitrate = bitrate?.bitsPerSecond
        encode.layers = layers
        encode.rateIndex = rateIndex
        encode.keyInterval = keyInterval
        encode.blocksPerPacket = packetBlocks
        encode.readerOptions = readerOptions
        encode.force = report.force
        encode.showsProgress = report.showsProgress && files.isSingle
        encode.verifies = verify
        encode.keepsTags = tags
        encode.enhances = enhance
        if denoise || denoiseStrength != nil {
            encode.denoiser = try DenoiserChoice.load(nil)
            encode.denoisingStrength = denoiseStrength ?? 1
        }
        try encode.check()
        try run(encode, files)
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
