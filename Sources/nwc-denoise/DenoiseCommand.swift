import ArgumentParser
import AudioFile
import ToolSupport

/// The command line of `nwc-denoise`.
struct DenoiseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nwc-denoise",
        abstract: "Take noise out of recordings of speech.",
        usage:
            """
            nwc-denoise [options] INPUT [OUTPUT]
                   nwc-denoise [options] INPUT... [FOLDER | --output-dir FOLDER]
            """,
        discussion: """
            Length, sampling rate and channels stay as they are; nothing is delayed. The denoiser \
            works at 16 kHz, on each channel by itself; what lies above 8 kHz is turned down with \
            the band below it. The extension of the output chooses its format: wav, flac, aiff, \
            au, caf, w64, ogg, raw; without a word about the output, voice.wav becomes \
            voice.denoised.wav beside it; a folder as last of several operands takes the outputs. \
            - is standard input or output (WAV, or raw with --raw-output).
            """,
        version: VersionText.text(tool: "nwc-denoise", formatVersion: nil, models: []))

    @Option(
        help: ArgumentHelp(
            """
            How much of the noise is taken away, in dB, 0 ... 1: 0.5 is half as many dB as the \
            denoiser would.
            """,
            valueName: "share"))
    var strength = 1.0

    @Option(
        help: ArgumentHelp("A denoiser's file, instead of the built-in one.", valueName: "file"),
        completion: .file(extensions: ["nwm"]))
    var model: String?

    @OptionGroup var input: SoundInputOptions

    @Flag(
        inversion: .prefixedNo,
        help: "Write the source's title, artist, date and the like into the output, if it can.")
    var tags = true

    @Flag(help: "Bits of a sample of the output are floating point.")
    var float = false

    @Option(
        help: ArgumentHelp(
            """
            Bits of a sample: 8, 16, 24 or 32; with --float 32 or 64. (default: 16, with --float 32)
            """, valueName: "bits"))
    var bits: Int?

    @Flag(help: "The output is PCM without a header.")
    var rawOutput = false

    @OptionGroup(title: "Raw input") var raw: RawInputOptions
    @OptionGroup(title: "Output") var destination: DestinationOptions
    @OptionGroup(title: "Many files") var batch: BatchOptions
    @OptionGroup(title: "Reports") var report: ReportOptions

    @Argument(
        help: ArgumentHelp(
            """
            Sound files: WAV, FLAC, AIFF, AU, Ogg, MP3 ..., and with ffmpeg M4A, AMR, WMA ... - is \
            standard input.
            """, valueName: "input"),
        completion: .file())
    var operands: [String] = []

    func run() throws {
        let jobs = try OutputPlan.changing(
            "denoised", raw: raw.raw, rawOutput: rawOutput
        ).jobs(operands: operands, destination: destination, batch: batch)
        try report.check(outputs: jobs.map(\.output))
        let files = try CodingBatch(jobs: jobs, batch: batch, report: report)
        var denoise = DenoiseJob(denoiser: try DenoiserChoice.load(model))
        denoise.strength = strength
        denoise.format = try SoundFormat(bits: bits, isFloat: float, isRaw: rawOutput)
        denoise.readerOptions = try input.readerOptions(raw)
        denoise.force = report.force
        denoise.keepsTags = tags
        denoise.showsProgress = report.showsProgress && files.isSingle
        try denoise.check()
        let job = denoise
        try files.run { (try job.run($0), []) }
    }
}
