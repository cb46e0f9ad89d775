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

    @OptionGroup(title: "Denoising") var denoising: DenoisingOptions
    @OptionGroup(title: "Output") var destination: DestinationOptions
    @OptionGroup(title: "Format of the output") var format: DenoisedFormatOptions
    @OptionGroup(title: "Many files") var batch: BatchOptions
    @OptionGroup(title: "Reports") var report: ReportOptions
    @OptionGroup(title: "Input") var input: SoundInputOptions
    @OptionGroup(title: "Raw input") var raw: RawInputOptions

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
            "denoised", raw: raw.raw, rawOutput: format.rawOutput
        ).jobs(operands: operands, destination: destination, batch: batch)
        try report.check(outputs: jobs.map(\.output))
        let files = try CodingBatch(jobs: jobs, batch: batch, report: report)
        var denoise = DenoiseJob(denoiser: try DenoiserChoice.load(denoising.model))
        denoise.strength = denoising.strength
        denoise.format = try SoundFormat(
            bits: format.bits, isFloat: format.float, isRaw: format.rawOutput)
        denoise.readerOptions = try input.readerOptions(raw)
        denoise.force = report.force
        denoise.keepsTags = format.tags
        denoise.showsProgress = report.showsProgress && files.isSingle
        try denoise.check()
        let job = denoise
        try files.run { (try job.run($0), []) }
    }
}
