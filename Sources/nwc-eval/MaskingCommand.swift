import ArgumentParser
import CodecComparison
import Plotting
import Psychoacoustic
import SpectralTransform
import ToolSupport

struct Masking: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            """
            Draw spectrum, maskers and masking threshold of one frame of a recording into a \
            PNG file.
            """,
        discussion:
            "Psychoacoustic model 1 of ISO 11172-3; a sinusoid of full scale is at 96 dB SPL.")

    @Argument(help: "Recording.", completion: .file()) var input: String
    @Option(help: "Middle of the frame of 24 ms, seconds.") var at: Double
    @Option(name: .shortAndLong, help: "PNG file to write.", completion: .file(extensions: ["png"]))
    var output: String
    @Option(help: "Sample rate at which to analyse, Hz, 8000 to 48000.") var rate = 16000
    @Flag(name: .shortAndLong, help: "Overwrite an existing picture.") var force = false

    func validate() throws { try Picture.check(output) }

    func run() throws {
        guard (8_000...48_000).contains(rate) else {
            throw ToolFailure.usage("--rate \(rate) is outside 8000 ... 48000 Hz")
        }
        let model = try MaskingModel(sampleRate: Double(rate))
        let recording = try Recording(path: input, rate: rate)
        let length = Double(recording.samples.count) / Double(rate)
        let half = Double(model.size) / 2 / Double(rate)
        guard at >= half, at + half <= length else {
            throw ToolFailure.usage(
                """
                --at \(at): the frame of \(2 * half) s around it does not lie inside the \
                \(NumberText.fixed(length, 3)) s of \(input)
                """
            )
        }
        let start = min(
            Int((at * Double(rate)).rounded()) - model.size / 2,
            recording.samples.count - model.size)
        let frame = recording.samples[start..<start + model.size].map { Double($0) }
        let chart = try Self.chart(
            frame, model,
            title:
                """
                \(input.split(separator: "/").last ?? ""), frame of 24 ms at \
                \(NumberText.fixed(at, 3)) s
                """
        )
        try Picture.write(try chart.png(), to: output, force: force, inputs: [input])
    }

    /// - Parameter frame: as many samples as the model's transform has.
    private static func chart(_ frame: [Double], _ model: MaskingModel, title: String) throws
        -> LineChart
    {
        let (real, imaginary) = try ShortTimeTransform<Double>(size: model.size, hop: model.size)
            .forward(frame)
        let power = zip(real, imaginary).map { ($0 * $0 + $1 * $1) * model.powerScale }
        let analyser = MaskingAnalyser(model)
        let threshold = try analyser.thresholds(of: power)
        let frequency = power.indices.map {
            Double($0) * model.sampleRate / Double(model.size) / 1000
        }
        func curve(_ name: String, _ values: [Double], _ style: LineChart.Series.Style)
            -> LineChart.Series
        {
            LineChart.Series(
                name, x: Array(frequency.dropFirst()),
                y: values.dropFirst().map { PowerLevel.decibels($0) }, style: style)
        }
        func marks(_ name: String, _ kind: Masker.Kind) -> LineChart.Series {
            let chosen = analyser.maskers.filter { $0.kind == kind }
            return LineChart.Series(
                name, x: chosen.map { frequency[$0.bin] }, y: chosen.map(\.level), style: .marks)
        }
        return LineChart(
            title: title,
            xAxis: LineChart.Axis("frequency, kHz", range: 0...model.sampleRate / 2000),
            yAxis: LineChart.Axis("level, dB SPL", range: -10...100),
            series: [
                curve("spectrum", power, .line), curve("masking threshold", threshold, .line),
                marks("tonal maskers", .tonal), marks("noise maskers", .noise),
                curve("threshold in quiet", model.quiet, .line),
            ])
    }
}
