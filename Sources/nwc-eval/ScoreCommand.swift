import ArgumentParser
import CodecComparison
import QualityMetrics
import ToolSupport

struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Objective measures of decoded files against a reference, at 16 kHz, channels mixed to one.",
        discussion: "PESQ comes from the field's own program if Scripts/judges.sh has installed it."
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

    func run() throws {
        guard !degraded.isEmpty else {
            throw ToolFailure.usage("nothing to compare with \(reference)")
        }
        let original = try Recording(path: reference, rate: Comparison.sampleRate)
        let sheet = ScoreSheet()
        try ToolMain.forEach(degraded) { path in
            let decoded = try Recording(path: path, rate: Comparison.sampleRate)
            let x = original.samples.map(Double.init)
            let y = decoded.samples.map(Double.init)
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
            if abs(x.count - y.count) > Comparison.sampleRate / 50 {
                let seconds = [x, y].map {
                    NumberText.fixed(Double($0.count) / Double(Comparison.sampleRate), 2)
                }
                Console.warning(
                    "\(path): \(seconds[1]) s, the reference \(seconds[0]) s: only what both have is compared"
                )
            }
            let scores = sheet.score([pair])[0]
            guard !json else {
                try JSONReport.write(
                    Report(
                        reference: reference, degraded: path, delaySamples: delay,
                        referenceSamples: x.count, degradedSamples: y.count,
                        scores: scores.values, reasons: scores.reasons))
                return
            }
            var lines = [path]
            for column in sheet.columns {
                let title =
                    "  " + column.title
                    + String(repeating: " ", count: max(0, 10 - column.title.count)) + " "
                if let value = scores.values[column.identifier] ?? nil {
                    lines.append(
                        "\(title)\(NumberText.fixed(value, 3)) \(column.unit)\(column.implementation.map { "(\($0))" } ?? "")"
                    )
                } else {
                    lines.append("\(title)-   (\(scores.reasons[column.identifier] ?? ""))")
                }
            }
            try Output.line(lines.joined(separator: "\n"))
        }
    }
}
