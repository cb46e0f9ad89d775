import ArgumentParser
import CodecComparison
import QualityMetrics
import ToolSupport

struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            """
            Objective measures of decoded files against a reference, at 16 kHz, channels \
            mixed to one.
            """,
        discussion:
            """
            PESQ, ViSQOL and DNSMOS come from the field's own programs if \
            `nwc-eval judges --install` has installed them.
            """
    )

    @Argument(help: "Reference recording.", completion: .file()) var reference: String
    @Argument(help: "Decoded recordings.", completion: .file()) var degraded: [String]
    @Flag(help: "One JSON object a line.") var json = false
    @Flag(help: "Find and remove a delay of up to 100 ms first.") var align = false

    /// Measures by name; null with a reason where a measure could not be had.
    struct Report: Encodable {
        var reference: String
        var degraded: String
        var delaySamples: Int
        /// Lengths at 16 kHz: what was compared is as long as the shorter one.
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
        let original = try recording(reference)
        let sheet = ScoreSheet()
        try ToolMain.forEach(degraded) { path in
            try score(try recording(path), against: original, sheet)
        }
    }

    /// A recording with everything said that is odd about it.
    private func recording(_ path: String) throws -> Recording {
        let recording = try Recording(path: path, rate: Comparison.sampleRate)
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
        let x = original.samples.map(Double.init)
        let y = decoded.samples.map(Double.init)
        if original.channels != decoded.channels {
            Console.warning(
                "\(path): \(NumberText.count(decoded.channels, "channel")), the reference"
                    + " \(original.channels): each is mixed to one")
        }
        if abs(x.count - y.count) > Comparison.sampleRate / 50 {
            let seconds = [x, y].map {
                NumberText.fixed(Double($0.count) / Double(Comparison.sampleRate), 2)
            }
            Console.warning(
                """
                \(path): \(seconds[1]) s, the reference \(seconds[0]) s: only what both have \
                is compared
                """
            )
        }
        let count = min(x.count, y.count)
        var pair = try SignalPair(
            reference: Array(x.prefix(count)), degraded: Array(y.prefix(count)),
            sampleRate: Comparison.sampleRate)
        var delay = 0
        if align {
            let aligned = try DelayEstimator.align(
                reference: x, degraded: y, sampleRate: Comparison.sampleRate)
            pair = aligned.pair
            delay = aligned.delay.samples
        }
        warnOfDelay(pair, path)
        try report(sheet.score([pair])[0], sheet, path, delay, (x.count, y.count))
    }

    /// Says where the signals still do not run together.
    private func warnOfDelay(_ pair: SignalPair, _ path: String) {
        guard
            let left = try? DelayEstimator.delay(
                of: pair.degraded, from: pair.reference, sampleRate: pair.sampleRate,
                maximum: Self.widestDelay),
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
        _ samples: (reference: Int, degraded: Int)
    ) throws {
        guard !json else {
            try JSONReport.write(
                Report(
                    reference: reference, degraded: path, delaySamples: delay,
                    referenceSamples: samples.reference, degradedSamples: samples.degraded,
                    scores: scores.values, reasons: scores.reasons))
            return
        }
        let width = sheet.columns.map(\.title.count).max() ?? 0
        var lines = [path]
        for column in sheet.columns {
            let space = String(repeating: " ", count: width - column.title.count)
            let title = "  \(column.title)\(space) "
            if let value = scores.values[column.identifier] ?? nil {
                let unit = column.unit.isEmpty ? "" : " \(column.unit)"
                let source = column.implementation.map { " (\($0))" } ?? ""
                lines.append("\(title)\(NumberText.fixed(value, 3))\(unit)\(source)")
            } else {
                lines.append("\(title)-   (\(scores.reasons[column.identifier] ?? ""))")
            }
        }
        try Output.line(lines.joined(separator: "\n"))
    }
}
