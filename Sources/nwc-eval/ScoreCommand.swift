import ArgumentParser
import CodecComparison
import QualityMetrics
import ToolSupport

struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            """
            Objective measures of decoded files against a reference, of speech at 16 kHz with \
            channels mixed to one, of audio as it is.
            """,
        discussion:
            """
            PESQ, ViSQOL, DNSMOS and Zimtohrli come from the field's own programs if \
            `nwc-eval judges --install` has installed them.

            More is better: SNR, segSNR, SI-SDR (dB), STOI and ESTOI (at most 1), the opinions \
            PESQ-WB (at most 4.64), ViSQOL and P.808. Less is better: LSD (log-spectral distance, \
            dB), Mel (difference of log mel magnitudes), NMR (noise-to-mask ratio, dB), NMR>0dB \
            (share of bands whose noise is audible). Artefacts, to be held against the original or \
            another codec: voicing kept in bands, noise corr and lines (0 and 1 for noise like the \
            original's), onset and before (level at onsets over the original's, 0 dB). \
            Docs/comparison.md says how they are made.
            """
    )

    @Argument(help: "Reference recording.", completion: .file()) var reference: String
    @Argument(help: "Decoded recordings.", completion: .file()) var degraded: [String]
    @Flag(help: "One JSON object a line.") var json = false
    @Flag(help: "Find and remove a delay of up to 100 ms first.") var align = false
    @OptionGroup var mode: ModeOptions

    /// Measures by name; null with a reason where a measure could not be had.
    struct Report: Encodable {
        var reference: String
        var degraded: String
        var delaySamples: Int
        /// Hz, at which they were compared.
        var sampleRate: Int
        /// Lengths at that rate: what was compared is as long as the shorter one.
        var referenceSamples: Int
        var degradedSamples: Int
        var scores: [String: Double?]
        var reasons: [String: String]
    }

    /// Delays up to this many seconds are looked for in order to warn of them.
    private static let widestDelay = 2.0

    func run() throws {
        guard !degraded.isEmpty else {
            throw ToolFailure.usage("nothing to compare with \(reference)")
        }
        let original = try recording(reference, as: mode.mode)
        let sheet = ScoreSheet(mode.mode.measures)
        try ToolMain.forEach(degraded) { path in
            try score(try decoded(path, like: original), against: original, sheet)
        }
    }

    /// A decoded recording at the rate of the reference.
    private func decoded(_ path: String, like original: Recording) throws -> Recording {
        let decoded = try recording(path, as: mode.mode)
        guard decoded.sampleRate != original.sampleRate else { return decoded }
        Console.warning(
            "\(path): \(decoded.sampleRate) Hz, the reference \(original.sampleRate) Hz: converted")
        return try Recording(path: path, rate: original.sampleRate, mixed: mode.mode.isMono)
    }

    /// A recording with everything said that is odd about it.
    private func recording(_ path: String, as mode: ComparisonMode) throws -> Recording {
        let recording = try Recording(path: path, as: mode)
        for warning in recording.warnings { Console.warning("\(path): \(warning)") }
        guard !recording.samples.isEmpty else {
            throw ToolFailure.runtime("\(path) has 0 samples")
        }
        return recording
    }

    private func score(_ decoded: Recording, against original: Recording, _ sheet: ScoreSheet)
        throws
    {
        let path = decoded.path
        let rate = original.sampleRate
        if original.channels != decoded.channels {
            let channels = NumberText.count(decoded.channels, "channel")
            let text = "\(path): \(channels), the reference \(original.channels)"
            guard mode.mode.isMono else {
                throw ToolFailure.runtime("\(text): --mode mono-audio mixes each to one")
            }
            Console.warning("\(text): each is mixed to one")
        }
        let (x, y) = (original.samples.count, decoded.samples.count)
        if abs(x - y) > rate / 50 {
            let seconds = [x, y].map { NumberText.fixed(Double($0) / Double(rate), 2) }
            Console.warning(
                """
                \(path): \(seconds[1]) s, the reference \(seconds[0]) s: only what both have \
                is compared
                """
            )
        }
        var pair = try SoundPair(
            reference: original.planes.map { $0.prefix(min(x, y)) },
            degraded: decoded.planes.map { $0.prefix(min(x, y)) }, sampleRate: rate)
        var delay = 0
        if align {
            let aligned = try DelayEstimator.align(
                reference: original.planes, degraded: decoded.planes, sampleRate: rate)
            pair = aligned.pair
            delay = aligned.delay.samples
        }
        warnOfDelay(pair, path)
        try report(sheet.score([pair])[0], sheet, path, delay, rate, (x, y))
    }

    /// Says where the signals still do not run together.
    private func warnOfDelay(_ pair: SoundPair, _ path: String) {
        guard
            let left = try? DelayEstimator.align(pair, maximum: Self.widestDelay).delay,
            left.correlation > Comparison.certainCorrelation, left.samples != 0
        else { return }
        let seconds = Double(left.samples) / Double(pair.sampleRate)
        let text =
            "\(path): \(NumberText.count(abs(left.samples), "sample"))"
            + " (\(NumberText.fixed(abs(1000 * seconds), 1)) ms)"
            + " \(left.samples > 0 ? "behind" : "ahead of") the reference"
        if abs(seconds) > DelayEstimator.defaultMaximum {
            Console.warning(
                "\(text), which is more than --align looks for: waveform measures mean nothing")
        } else {
            Console.warning("\(text): --align removes that")
        }
    }

    private func report(
        _ scores: ScoreSheet.Scores, _ sheet: ScoreSheet, _ path: String, _ delay: Int,
        _ sampleRate: Int, _ samples: (reference: Int, degraded: Int)
    ) throws {
        guard !json else {
            try JSONReport.write(
                Report(
                    reference: reference, degraded: path, delaySamples: delay,
                    sampleRate: sampleRate, referenceSamples: samples.reference,
                    degradedSamples: samples.degraded,
                    scores: scores.values, reasons: scores.reasons))
            return
        }
        let width = sheet.columns.map(\.title.count).max() ?? 0
        var lines = [path]
        // What is missing for one reason, such as judges that are not installed, is one line.
        var missing: [(reason: String, titles: [String])] = []
        for column in sheet.columns {
            let space = String(repeating: " ", count: width - column.title.count)
            let title = "  \(column.title)\(space) "
            if let value = scores.values[column.identifier] ?? nil {
                let unit = column.unit.isEmpty ? "" : " \(column.unit)"
                let source = column.implementation.map { " (\($0))" } ?? ""
                let decimals = max(column.decimals, 3)
                lines.append("\(title)\(NumberText.fixed(value, decimals))\(unit)\(source)")
            } else {
                let reason = scores.reasons[column.identifier] ?? "no value"
                if let known = missing.firstIndex(where: { $0.reason == reason }) {
                    missing[known].titles.append(column.title)
                } else {
                    missing.append((reason, [column.title]))
                }
            }
        }
        for (reason, titles) in missing {
            lines.append("  \(titles.joined(separator: ", ")): none, \(reason)")
        }
        try Output.line(lines.joined(separator: "\n"))
    }
}
