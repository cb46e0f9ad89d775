import ArgumentParser
import AudioFile
import CMRLCodec
import ToolSupport

@main
struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nwc-enc", abstract: "Encode speech with a neural waveform codec.",
        discussion: """
            Reads any sound file that libsndfile knows, or raw PCM, of any rate and number of channels. The signal is coded at 16 kHz; rate, channels and \
            exact length come back when decoding. '-' is standard input or output. The bitrate counts the whole file, all channels, in kbit/s (1 k = 1000).
            """,
        version: VersionText.lazy(tool: "nwc-enc", formatVersion: Int(StreamHeader.version), models: ModelChoice.builtIn))

    @Argument(help: "Sound files to encode; of two names the second is the output, unless it is a sound file too.", completion: .file())
    var inputs: [String] = []

    @Option(help: ArgumentHelp("Average rate of the whole file.", valueName: "kbit/s"), transform: BitRate.init(argument:))
    var bitrate = BitRate(bitsPerSecond: 16_000)

    @Option(help: "Rate index 0...255 of the top layer instead of a bitrate: constant quality.")
    var rateIndex: UInt8?

    @Option(help: "Layers to send (more layers can be dropped on the way).")
    var layers = 1

    @Option(help: "Packets from one key packet to the next. Default: about 1 s.")
    var keyInterval: Int?

    @Option(help: "Blocks of 20 ms in a packet: 50 for files, 1 for the lowest delay.")
    var packetBlocks = 50

    @Flag(help: "Decode while encoding, and fail if that does not work.")
    var verify = false

    @Flag(help: "The length in the header of the sound file is false: read to the end.")
    var ignoreLength = false

    @OptionGroup var modelOptions: ModelOptions
    @OptionGroup var destination: DestinationOptions
    @OptionGroup var report: ReportOptions
    @OptionGroup var raw: RawInputOptions

    static func main() { ToolMain.run(Self.self) }

    mutating func run() throws {
        let jobs = try OutputPlan(inputExtensions: OutputPlan.soundExtensions, outputExtension: "nwc").jobs(
            operands: inputs, destination: destination.destination)
        try report.check(outputs: jobs.map(\.output))
        var work = EncodeJob(model: try ModelChoice.load(modelOptions.model))
        guard (1...work.model.layerCount).contains(layers) else {
            throw ToolFailure.usage("--layers \(layers): model \(work.model.name) has 1 to \(work.model.layerCount) layers")
        }
        work.configuration.layers = layers
        work.configuration.blocksPerPacket = packetBlocks
        work.configuration.keyInterval = keyInterval ?? max(1, 50 / max(packetBlocks, 1))
        if let rateIndex {
            work.configuration.rateIndices = Encoder.rateIndices(top: rateIndex, layers: layers)
        } else {
            work.configuration.bitrate = bitrate.bitsPerSecond
        }
        guard StreamHeader.blocksPerPacketRange.contains(packetBlocks) else {
            throw ToolFailure.usage("--packet-blocks \(packetBlocks) is outside \(StreamHeader.blocksPerPacketRange)")
        }
        guard StreamHeader.keyIntervalRange.contains(work.configuration.keyInterval) else {
            throw ToolFailure.usage("--key-interval \(work.configuration.keyInterval) is outside \(StreamHeader.keyIntervalRange)")
        }
        work.readerOptions = AudioReader.Options(raw: try raw.format(), ignoresLength: ignoreLength)
        work.force = report.force
        work.showsProgress = report.showsProgress
        work.verifies = verify
        try ToolMain.forEach(jobs) { job in
            let result = try work.run(job)
            for warning in result.warnings { Console.warning("\(job.input): \(warning)") }
            if report.json { try JSONReport.write(result) }
            if !report.quiet { Console.note(Self.summary(result)) }
        }
    }

    static func summary(_ r: EncodeJob.Report) -> String {
        """
        \(r.input) -> \(r.output): \(NumberText.time(r.seconds)) at \(r.sampleRate) Hz, \(NumberText.count(r.channels, "channel"))
          \(NumberText.fixed(r.fileKbps, 2)) kbit/s: payload \(NumberText.fixed(r.payloadKbps, 2)), framing \(NumberText.fixed(r.framingKbps, 2)); \
        \(NumberText.count(r.fileBytes, "byte")), \(NumberText.count(r.packets, "packet")), \(NumberText.count(r.layers, "layer"))
          \(NumberText.fixed(r.runSeconds, 2)) s, \(NumberText.fixed(r.timesRealTime, 0)) x real time; model \(r.model)
        """
    }
}
