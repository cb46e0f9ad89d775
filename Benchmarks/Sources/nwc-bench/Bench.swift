import ArgumentParser
import BLASBackend
import Training
import Foundation
import ToolSupport

@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nwc-bench",
        abstract: "Speed of nwc against references measured in the same run.",
        discussion:
            """
            Rates are by processor time, so that a busy machine disturbs them less. \
            Scripts/bench.sh prepares what is needed.
            """,
        subcommands: [Convolutions.self, Training.self, Parts.self, Programs.self, Prototype.self])

    static func main() { ToolMain.run(Self.self) }
}

struct ReportTo: ParsableArguments {
    @Option(help: "Rounds; each measures the reference and then the subject.") var rounds = 9
    @Option(help: "Add the results to this file, one JSON object a line.") var json: String?

    func validate() throws {
        guard (1...1000).contains(rounds) else {
            throw ValidationError("--rounds is \(rounds), allowed are 1 ... 1000")
        }
    }

    func report(_ title: String, _ rows: [Row]) throws {
        print("\n\(title)\n\n\(Row.table(rows))")
        guard let json else { return }
        let lines = try rows.map { try JSONReport.line($0) + "\n" }.joined()
        let old = (try? String(contentsOfFile: json, encoding: .utf8)) ?? ""
        try (old + lines).write(toFile: json, atomically: true, encoding: .utf8)
    }
}

struct Convolutions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Training convolutions against matrix products of OpenBLAS, one thread.")
    @OptionGroup var output: ReportTo

    func run() throws {
        print("OpenBLAS: \(BLASBackend.version)")
        try output.report(
            """
            Training convolutions, forward and backward; reference: OpenBLAS sgemm 1024^3; \
            one thread each
            """,
            ConvolutionBenchmark.run(rounds: output.rounds, reference: MatrixReference(threads: 1)))
    }
}

struct Parts: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            """
            Masking thresholds against Fourier transforms, range coder against matrix \
            products; one thread.
            """
    )
    @OptionGroup var output: ReportTo

    func run() throws {
        let benchmark = PartsBenchmark(
            rounds: output.rounds, reference: MatrixReference(threads: 1))
        try output.report(
            "Parts; reference: as named, else OpenBLAS sgemm 1024^3, one thread each",
            try benchmark.run())
    }
}

struct Training: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Whole training steps against matrix products of OpenBLAS on as many threads.")
    @Option(help: "Training configuration.") var config: String
    @Option(help: "Folder of speech.") var speech: String
    @Option(help: "Steps in a round.") var steps = 4
    @OptionGroup var output: ReportTo

    func run() throws {
        let benchmark = try TrainingStepBenchmark(configuration: config, speech: speech)
        let threads = benchmark.configuration.shards
        try output.report(
            """
            Training step, \(threads) threads; reference: OpenBLAS sgemm 1024^3, one on each \
            of \(threads) threads
            """,
            try benchmark.run(
                rounds: output.rounds, steps: steps, reference: MatrixReference(threads: threads)))
    }
}

struct Prototype: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Training against a script of another framework (python3 with what it imports).")
    @Argument(help: "Script, called as: python3 SCRIPT FOLDER MINUTES LAMBDA OUT.") var script:
        String
    @Option(help: "Training configuration whose losses and batches are used.") var config: String
    @Option(help: "Folder of speech in FLAC files.") var speech: String
    @Option(help: "Folder for what the script writes.") var scratch: String
    @OptionGroup var output: ReportTo

    func run() throws {
        let base = try TrainingStepBenchmark(configuration: config, speech: speech).configuration
        let row = try PrototypeBenchmark(script: script, speech: speech, scratch: scratch).run(
            base: base, rounds: output.rounds)
        try output.report("Training, two threads; reference: \(script)", [row])
    }
}

struct Programs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "nwc-enc and nwc-dec against opusenc and opusdec.")
    @Option(help: "Folder of nwc-enc and nwc-dec.") var programs: String
    @Option(help: "Recording, WAV of 16 bits at 16 kHz, one channel.") var recording: String
    @Option(help: "Folder for coded files.") var scratch: String
    @Option(help: "Rate for both codecs.") var kilobits = 16
    @OptionGroup var output: ReportTo

    func run() throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: recording)
        let seconds = Double((attributes[.size] as? Int ?? 0) - 44) / 32000
        guard seconds > 1 else { throw ToolFailure.runtime("\(recording): shorter than a second") }
        let benchmark = ProgramBenchmark(
            programs: programs, recording: recording, seconds: seconds, kilobits: kilobits,
            scratch: scratch)
        try output.report(
            "Programs on \(NumberText.time(seconds)) of speech; reference: Opus, complexity 10",
            try benchmark.run(rounds: output.rounds))
    }
}
