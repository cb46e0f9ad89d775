import ArgumentParser
import AudioFile
import CMRLCodec
import ToolSupport

/// The command line of `nwc-dec`.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nwc-dec",
        abstract: "Decode nwc bitstreams.",
        usage:
            """
            nwc-dec [options] INPUT [OUTPUT]
                   nwc-dec [options] INPUT... [FOLDER | --output-dir FOLDER]
            """,
        discussion: """
            Sampling rate, channels and exact length of the source are restored. The extension of \
            the output chooses its format: wav, flac, aiff, au, caf, \
            w64, ogg, raw; without a word about the output, voice.nwc becomes voice.decoded.wav \
            beside \
            it; a folder as last of several operands takes the outputs. - is standard input or \
            output \
            (WAV, or raw with --raw).
            """,
        version: VersionText.lazy(
            tool: "nwc-dec", formatVersion: Int(StreamHeader.version), models: ModelChoice.builtIn))

    @Option(help: ArgumentHelp("Decode at most so many layers.", valueName: "n"))
    var layers: Int?

    @Option(
        help: ArgumentHelp(
            "Sampling rate of the output. (default: that of the source)", valueName: "Hz"))
    var rate: Int?

    @OptionGroup var model: ModelOptions

    @Flag(
        inversion: .prefixedNo,
        help: """
            Filter the decoded sound with the model's post-filter, which was trained to make it \
            more like the original. (default: where the stream names it)
            """)
    var enhance: Bool?

    @Flag(help: "Go on over damaged parts, and conceal them.")
    var conceal = false

    @Flag(help: "Decode without writing anything, to test the stream.")
    var test = false

    @Option(
        help: ArgumentHelp(
            "Lose this share of the packets at random, 0 ... 1, and conceal them.", valueName: "p"))
    var packetLoss: Double?

    @Option(
        help: ArgumentHelp(
            "Lose packets in bursts of so many on average. (default: each by itself)",
            valueName: "packets"))
    var lossBurst: Double?

    @Option(help: ArgumentHelp("Other seeds lose other packets.", valueName: "number"))
    var seed: UInt64 = 1

    @Flag(
        inversion: .prefixedNo,
        help: "Write the stream's title, artist, date and the like into the output, if it can.")
    var tags = true

    @OptionGroup(title: "Format of the output") var format: OutputFormatOptions
    @OptionGroup(title: "Output") var destination: DestinationOptions
    @OptionGroup(title: "Many files") var batch: BatchOptions
    @OptionGroup(title: "Reports") var report: ReportOptions

    @Argument(
        help: ArgumentHelp("Bitstreams; - is standard input.", valueName: "input"),
        completion: .file(extensions: ["nwc"]))
    var operands: [String] = []

    func run() throws {
        var decode = DecodeJob(model: model.model, postFilter: model.postFilter)
        decode.enhances = enhance
        decode.layers = layers
        decode.rate = rate
        decode.conceals = conceal
        decode.packetLoss = packetLoss ?? 0
        decode.lossBurst = lossBurst
        decode.seed = seed
        decode.force = report.force
        decode.testsOnly = test
        decode.keepsTags = tags
        decode.format = try format.format()
        try decode.check()
        let jobs = try jobs()
        let files = try CodingBatch(jobs: jobs, batch: batch, report: report)
        decode.showsProgress = report.showsProgress && files.isSingle
        let job = decode
        try files.run { (try job.run($0), []) }
    }

    private func jobs() throws -> [Job] {
        let plan = OutputPlan.decoding(raw: format.raw)
        guard test else {
            let jobs = try plan.jobs(operands: operands, destination: destination, batch: batch)
            try report.check(outputs: jobs.map(\.output))
            return jobs
        }
        if destination.output != nil || destination.outputDir != nil || destination.stdout
            || batch.skipExisting
        {
            throw ToolFailure.usage("--test has no output")
        }
        guard !operands.isEmpty else {
            throw ToolFailure.usage("no input file; - is standard input")
        }
        return (batch.recursive ? try plan.inputs(operands: operands) : operands).map {
            Job(input: $0, output: "")
        }
    }
}
