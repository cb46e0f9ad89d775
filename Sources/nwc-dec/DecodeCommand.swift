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

    @OptionGroup(title: "Decoding") var decoding: DecodingOptions
    @OptionGroup(title: "Output") var destination: DestinationOptions
    @OptionGroup(title: "Format of the output") var format: OutputFormatOptions
    @OptionGroup(title: "Many files") var batch: BatchOptions
    @OptionGroup(title: "Reports") var report: ReportOptions
    @OptionGroup(title: "Lost packets") var loss: LossOptions

    @Flag(help: "Decode without writing anything, to test the stream.")
    var test = false

    @Argument(
        help: ArgumentHelp("Bitstreams; - is standard input.", valueName: "input"),
        completion: .file(extensions: ["nwc"]))
    var operands: [String] = []

    func run() throws {
        var decode = DecodeJob(
            model: decoding.model.model, postFilter: decoding.model.postFilter)
        decode.enhances = decoding.enhance
        decode.layers = decoding.layers
        decode.rate = decoding.rate
        decode.conceals = loss.conceal
        decode.packetLoss = loss.packetLoss ?? 0
        decode.lossBurst = loss.lossBurst
        decode.seed = loss.seed
        decode.force = report.force
        decode.testsOnly = test
        decode.keepsTags = decoding.tags
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
