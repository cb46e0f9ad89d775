import ArgumentParser
import AudioFile
import CMRLCodec
import ToolSupport

@main
struct Decode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nwc-dec", abstract: "Decode bitstreams of the nwc speech codec.",
        discussion: "Rate, channels and length are those of the source. '-' is standard input or output; WAV is written to a pipe.",
        version: VersionText.lazy(tool: "nwc-dec", formatVersion: Int(StreamHeader.version), models: ModelChoice.builtIn))

    @Argument(help: "Bitstreams to decode; of two names the second is the output, unless it is a bitstream too.", completion: .file(extensions: ["nwc"]))
    var inputs: [String] = []

    @Option(help: "Decode at most so many layers.")
    var layers: Int?

    @Option(help: ArgumentHelp("Sample rate of the output instead of the source's.", valueName: "Hz"))
    var rate: Int?

    @Option(help: "Bits per sample of the output: 16, 24 or 32.")
    var bits = 16

    @Flag(help: "Write 32-bit floating-point samples.")
    var float = false

    @Flag(help: "Write raw PCM without a header.")
    var raw = false

    @Flag(help: "Go on over damaged, missing or truncated packets with concealment.")
    var conceal = false

    @Flag(help: "Decode without writing anything.")
    var test = false

    @Option(help: ArgumentHelp("Lose packets with this probability, to try concealment.", valueName: "0...1"))
    var packetLoss = 0.0

    @Option(help: "Seed of --packet-loss.")
    var seed: UInt64 = 1

    @OptionGroup var modelOptions: ModelOptions
    @OptionGroup var destination: DestinationOptions
    @OptionGroup var report: ReportOptions

    static func main() { ToolMain.run(Self.self) }

    mutating func run() throws {
        let jobs =
            test
            ? inputs.map { Job(input: $0, output: "/dev/null") }
            : try OutputPlan(inputExtensions: ["nwc"], outputExtension: raw ? "raw" : "wav").jobs(operands: inputs, destination: destination.destination)
        guard !jobs.isEmpty else { throw ToolFailure.usage("no input file; - is standard input") }
        try report.check(outputs: jobs.map(\.output))
        var work = DecodeJob()
        work.modelChoice = modelOptions.model
        if let layers, layers < 1 { throw ToolFailure.usage("--layers \(layers): at least one layer is decoded") }
        work.layers = layers
        if let rate, !StreamResampler.supportedRates.contains(rate) {
            throw ToolFailure.usage("--rate \(rate) is outside \(StreamResampler.supportedRates) Hz")
        }
        guard (0...1).contains(packetLoss) else { throw ToolFailure.usage("--packet-loss \(packetLoss) is no probability") }
        guard [16, 24, 32].contains(bits), let encoding = SampleEncoding(bits: float ? 32 : bits, isFloat: float) else {
            throw ToolFailure.usage("--bits \(bits): 16, 24 and 32 can be written")
        }
        work.rate = rate
        work.encoding = encoding
        work.container = raw ? .raw : nil
        work.conceals = conceal
        work.packetLoss = packetLoss
        work.seed = seed
        work.force = report.force
        work.showsProgress = report.showsProgress
        work.testsOnly = test
        try ToolMain.forEach(jobs) { job in
            let result = try work.run(job)
            for warning in result.warnings { Console.warning("\(job.input): \(warning)") }
            if result.clippedSamples > 0 { Console.warning("\(job.input): \(NumberText.count(result.clippedSamples, "sample")) clipped") }
            if report.json { try JSONReport.write(result) }
            if !report.quiet { Console.note(Self.summary(result, isTest: test)) }
        }
    }

    static func summary(_ r: DecodeJob.Report, isTest: Bool) -> String {
        """
        \(r.input)\(isTest ? ": whole" : " -> \(r.output)"): \(NumberText.time(r.seconds)) at \(r.sampleRate) Hz, \(NumberText.count(r.channels, "channel"))
          payload \(NumberText.fixed(r.payloadKbps, 2)) kbit/s, \(NumberText.count(r.packets, "packet")), \(NumberText.count(r.layers, "layer")); \
        \(NumberText.fixed(r.runSeconds, 2)) s, \(NumberText.fixed(r.timesRealTime, 0)) x real time
        """
    }
}
