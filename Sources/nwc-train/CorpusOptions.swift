import ArgumentParser
import Foundation
import ToolSupport
import Training

/// What is done with files of a folder that cannot be used.
struct StrictOption: ParsableArguments {
    @Flag(help: "End where a file of a folder cannot be used, instead of leaving it out.")
    var strict = false

    /// Reads a folder, and says what was left out.
    /// - Parameter reports: otherwise it says nothing
    func read(
        _ folder: String, sampleRate: Int, minimumSamples: Int = 0, reports: Bool = true
    ) throws -> Corpus {
        let corpus = try Corpus(
            folder: folder, sampleRate: sampleRate, minimumSamples: minimumSamples,
            isStrict: strict)
        guard reports else { return corpus }
        for fault in corpus.omissions.faults { Console.warning("\(folder)/\(fault)") }
        if let summary = corpus.omissions.summary {
            Console.note("\(folder): left out: \(summary)")
        }
        return corpus
    }
}

/// Where the speech is.
struct CorpusOptions: ParsableArguments {
    @Option(
        help: "Folder with training speech (searched recursively).", completion: .directory)
    var train: String
    @Option(help: "Folder with validation speech of other speakers.", completion: .directory)
    var valid: String?
    @Option(
        help: "Folder with background noise, for configurations that mix it in.",
        completion: .directory) var noise: String?
    @Option(
        help: """
            Folder with other noise, for tasks that mix it into validation speech. (default: that \
            of --noise)
            """, completion: .directory)
    var validNoise: String?
    @Option(help: "Stop after so many minutes of wall-clock time; resume later.") var minutes:
        Double?
    @Option(
        help: ArgumentHelp(
            """
            Keep the best validated weights in best.nwck, too, by a column of validation.tsv \
            (mean over its rates), such as loss.
            """,
            valueName: "column")) var keepBest: String?
    @OptionGroup var strictness: StrictOption

    func validate() throws {
        if let minutes, !(minutes > 0 && minutes < 1e6) {
            throw ValidationError(
                "--minutes \(minutes): possible are numbers above 0, below 1000000")
        }
    }

    /// - Parameters:
    ///   - sampleRate: Hz
    ///   - minimumSamples: shorter training clips are left out
    ///   - reports: otherwise it says nothing
    func load(sampleRate: Int, minimumSamples: Int, reports: Bool) throws -> TrainingData {
        func read(_ folder: String, minimumSamples: Int = 0) throws -> Corpus {
            try strictness.read(
                folder, sampleRate: sampleRate, minimumSamples: minimumSamples, reports: reports)
        }
        let start = Date()
        var data = TrainingData(train: try read(train, minimumSamples: minimumSamples))
        data.validation = try valid.map { try read($0) }
        if reports {
            progress(
                String(
                    format:
                        """
                        speech: %d clips, %.2f h for training, %d clips for validation (read in \
                        %.1f s)
                        """,
                    data.train.clips.count, data.train.seconds / 3600,
                    data.validation?.clips.count ?? 0, Date().timeIntervalSince(start)))
        }
        data.noise = try noise.map { try read($0) }
        data.validationNoise = try validNoise.map { try read($0) }
        return data
    }

    /// The options as they would be typed again.
    var commandLine: String {
        var words = ["--train", train]
        if let noise { words += ["--noise", noise] }
        if let valid { words += ["--valid", valid] }
        if let validNoise { words += ["--valid-noise", validNoise] }
        if let keepBest { words += ["--keep-best", keepBest] }
        if strictness.strict { words.append("--strict") }
        return words.map(quoted).joined(separator: " ")
    }
}

/// A word as a shell reads it back.
func quoted(_ word: String) -> String {
    let plain = word.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || ("0"..."9").contains($0)
            || "-_./,:=+@%".unicodeScalars.contains($0)
    }
    return plain && !word.isEmpty
        ? word : "'" + word.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
}
