import ArgumentParser
import QualityMetrics
import ToolSupport

struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Objective measures of decoded files against a reference, at 16 kHz.",
        discussion: "PESQ and a second opinion on STOI come from the field's own programs if Scripts/judges.sh has installed them.")

    @Argument(help: "Reference recording.", completion: .file()) var reference: String
    @Argument(help: "Decoded recordings.", completion: .file()) var degraded: [String]
    @Flag(help: "One JSON object a line.") var json = false
    @Flag(help: "Find and remove a delay of up to 100 ms first.") var align = false

    /// Measures by name; null with a reason where a measure could not be had.
    struct Report: Encodable {
        var reference: String
        var degraded: String
        var delaySamples: Int
        var scores: [String: Double?]
        var reasons: [String: String]
    }

    func run() throws {
        guard !degraded.isEmpty else { throw ToolFailure.usage("nothing to compare with \(reference)") }
        let original = try Recording(path: reference, rate: 16000)
        try ToolMain.forEach(degraded) { path in
            let decoded = try Recording(path: path, rate: 16000)
            let x = original.samples.map(Double.init), y = decoded.samples.map(Double.init), count = min(x.count, y.count)
            var pair = try SignalPair(reference: Array(x.prefix(count)), degraded: Array(y.prefix(count)), sampleRate: 16000), delay = 0
            if align {
                let aligned = try DelayEstimator.align(reference: x, degraded: y, sampleRate: 16000)
                pair = aligned.pair
                delay = aligned.delay.samples
            }
            let scored = pair
            var report = Report(reference: reference, degraded: path, delaySamples: delay, scores: [:], reasons: [:]), lines: [String] = []
            func add(_ name: String, _ title: String, _ unit: String, _ score: () throws -> Double) {
                do {
                    let value = try score()
                    report.scores[name] = value
                    lines.append("  \(pad(title)) \(NumberText.fixed(value, 3)) \(unit)")
                } catch {
                    report.scores[name] = .some(nil)
                    report.reasons[name] = "\(error)"
                    lines.append("  \(pad(title)) -   (\(error))")
                }
            }
            for metric in QualityMetrics.all { add(metric.identifier, metric.title, metric.unit) { try metric.score(scored) } }
            add("pesq_wb", "PESQ-WB", "(PyPI pesq)") { try ExternalJudge(.pesqWideband).score(scored) }
            if json { try JSONReport.write(report) } else { print(([path] + lines).joined(separator: "\n")) }
        }
    }

    private func pad(_ text: String) -> String { text + String(repeating: " ", count: max(0, 10 - text.count)) }
}
