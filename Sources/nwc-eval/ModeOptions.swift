import ArgumentParser
import CodecComparison
import QualityMetrics

extension ComparisonMode: ExpressibleByArgument {}

/// In which form sounds are compared, and by which measures.
struct ModeOptions: ParsableArguments {
    @Option(
        help: """
            speech: at 16 kHz, channels mixed to one; audio: at the recordings' own rate (at most \
            48 kHz) and channels, by the measures of music; mono-audio: the same, channels mixed \
            to one.
            """) var mode = ComparisonMode.speech

    /// The outside judges that a user names, in the order of reports.
    /// - Parameter names: separated by commas, or none; nil = all
    func judges(_ names: String?) throws -> [ExternalJudge.Measure] {
        let all = mode.measures.judges
        guard let names else { return all }
        if names == "none" { return [] }
        let chosen = names.split(separator: ",").map(String.init)
        for name in chosen where !all.contains(where: { $0.rawValue == name }) {
            throw ValidationError(
                "--judges \(name): possible are \(Self.text(all)) and none"
                    + (mode == .speech ? "" : " with --mode \(mode.rawValue)"))
        }
        return all.filter { chosen.contains($0.rawValue) }
    }

    static func text(_ judges: [ExternalJudge.Measure]) -> String {
        judges.map(\.rawValue).joined(separator: ",")
    }
}
