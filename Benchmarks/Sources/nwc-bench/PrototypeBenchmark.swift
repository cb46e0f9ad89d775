import CMRLCodec
import Training
import Foundation
import ToolSupport

/// Training speed of a network against a training script of another framework that trains one of
/// the same shape, in turns on the same processors.
///
/// The script is called as `python3 SCRIPT FOLDER MINUTES LAMBDA OUT` and prints a line that begins
/// with the number of steps now and then; a step of it is `secondsPerStep` of speech. It is stopped
/// when enough was seen.
struct PrototypeBenchmark {
    let script: String
    let speech: String
    let scratch: String
    /// Speech in one step of the script: eight segments of one second.
    static let secondsPerStep = 8.0

    /// The network of the script in this engine: hop 160, 20 bands, two gated blocks of 128
    /// channels on both sides, recurrent context of 128. The per-coefficient part of our entropy
    /// model and the rate tables come on top.
    static func configuration(_ base: CodecTrainingConfiguration) -> CodecTrainingConfiguration {
        var result = base
        result.name = "prototype"
        result.network.modules = [
            .init(
                encoderBlocks: 2, decoderBlocks: 2, hidden: 128, context: 128, local: 16,
                noiseFilling: false)
        ]
        result.phases = [base.phases[0]]
        result.segmentFrames = 102
        result.batch = 8
        result.shards = 2
        return result
    }

    /// Steps and their cost, from the script's first line to its `lines`-th.
    func runScript(lines wanted: Int) throws -> (steps: Int, cost: Cost) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-u", script, speech, "30", "0.035", scratch + "/prototype.pt",
        ]
        process.standardOutput = pipe
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        var text = ""
        var seen: [(step: Int, cost: Cost)] = []
        while seen.count < wanted {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else {
                throw ToolFailure.runtime(
                    "\(script) ended after \(seen.count) lines; \(wanted) are needed")
            }
            text += String(decoding: data, as: UTF8.self)
            while let end = text.firstIndex(of: "\n") {
                if let step = text[..<end].split(separator: " ").first.flatMap({ Int($0) }) {
                    seen.append(
                        (
                            step,
                            Cost(
                                wall: Clock.now().wall,
                                processor: try Self.processorSeconds(process.processIdentifier))
                        ))
                }
                text = String(text[text.index(after: end)...])
            }
        }
        let (first, last) = (seen[0], seen[wanted - 1])
        return (
            last.step - first.step,
            Cost(
                wall: last.cost.wall - first.cost.wall,
                processor: last.cost.processor - first.cost.processor)
        )
    }

    /// User and system time of a running process, from /proc.
    static func processorSeconds(_ pid: Int32) throws -> Double {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        // The name of the program, in brackets, may hold spaces; user and system time are the 12th
        // and 13th values after it.
        let values = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        guard values.count > 13, let user = Double(values[12]), let system = Double(values[13])
        else {
            throw ToolFailure.runtime("/proc/\(pid)/stat cannot be understood")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// - Parameter rounds: each runs our training before and after the script.
    func run(base: CodecTrainingConfiguration, rounds: Int) throws -> Row {
        let configuration = Self.configuration(base)
        let corpus = try Corpus(folder: speech, minimumSamples: configuration.segmentSamples)
        let trainer = try configuration.makeTrainer(TrainingData(train: corpus))
        let perStep = Double(configuration.batch * configuration.segmentSamples) / 16000
        let steps = 100
        func train() throws -> Cost {
            let start = Clock.now()
            for _ in 0..<steps { _ = try trainer.advance() }
            return Clock.cost(since: start)
        }
        _ = try train()
        var costs = PairedCost()
        for _ in 0..<rounds {
            let before = try train()
            let (scriptSteps, cost) = try runScript(lines: 2)
            let after = try train()
            // Both per second of speech.
            let ours = perStep * Double(2 * steps)
            let theirs = Self.secondsPerStep * Double(scriptSteps)
            costs.append(
                subject: Cost(
                    wall: (before.wall + after.wall) / ours,
                    processor: (before.processor + after.processor) / ours),
                reference: Cost(wall: cost.wall / theirs, processor: cost.processor / theirs))
        }
        let size = trainer.parameterCount
        return Row(
            group: "prototype", name: "network of \(size) parameters", costs: costs, subjectWork: 1,
            referenceWork: 1, unit: "audio-s/s a core", target: 2)
    }
}
