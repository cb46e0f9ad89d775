import ArgumentParser
import CodecComparison
import Plotting
import Psychoacoustic
import QualityMetrics
import SpectralTransform
import ToolSupport

struct Masking: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            """
            Draw spectrum, maskers and masking threshold of one frame of a recording into a \
            PNG file, and the noise of a codec against them.
            """,
        discussion:
            """
            Psychoacoustic model 1 of ISO 11172-3; a sinusoid of full scale is at 96 dB SPL. \
            With --decoded and without --at: mean powers of all frames, and the noise-to-mask \
            ratio of the whole recording. Noise is the difference sample by sample: what a \
            codec makes anew in place of the original counts in full.
            """)

    @Argument(help: "Recording.", completion: .file()) var input: String
    @Option(help: "Middle of the frame of 24 ms, seconds.") var at: Double?
    @Option(
        help: ArgumentHelp(
            "The recording behind a codec, without delay against it: its difference is drawn.",
            valueName: "file"), completion: .file())
    var decoded: String?
    @Option(name: .shortAndLong, help: "PNG file to write.", completion: .file(extensions: ["png"]))
    var output: String
    @Option(help: "Sample rate at which to analyse, Hz, 8000 to 48000.") var rate = 16000
    @OptionGroup var picture: PictureOptions

    func validate() throws {
        guard at != nil || decoded != nil else {
            throw ValidationError("one of --at and --decoded says what to draw")
        }
        guard (8_000...48_000).contains(rate) else {
            throw ValidationError("--rate \(rate) is outside 8000 ... 48000 Hz")
        }
        try Picture.check(output)
    }

    func run() throws {
        let model = try MaskingModel(sampleRate: Double(rate))
        let reference = try Recording(path: input, rate: rate).samples
        let decoded = try decoded.map { try Recording(path: $0, rate: rate).samples }
        let noise = decoded.map { zip(reference, $0).map { Double($0 - $1) } }
        let length = noise?.count ?? reference.count
        let samples = reference.prefix(length).map { Double($0) }
        let spectra = MaskingSpectra(model)
        let name = String(input.split(separator: "/").last ?? "")
        let chart: LineChart
        if let at {
            let seconds = Double(length) / Double(rate)
            let half = Double(model.size) / 2 / Double(rate)
            guard at >= half, at + half <= seconds else {
                throw ToolFailure.usage(
                    """
                    --at \(at): the frame of \(2 * half) s around it does not lie inside the \
                    \(NumberText.fixed(seconds, 3)) s of \(self.decoded ?? input)
                    """
                )
            }
            let first = Int((at * Double(rate)).rounded()) - model.size / 2
            let start = max(0, min(first, length - model.size))
            let frame = start..<start + model.size
            chart = try spectra.frame(
                Array(samples[frame]), noise: noise.map { Array($0[frame]) },
                title: "\(name), frame of 24 ms at \(NumberText.fixed(at, 3)) s")
        } else {
            let decoded = decoded ?? []
            guard length >= model.size else {
                throw ToolFailure.runtime(
                    "\(input) and \(self.decoded ?? ""): less than a frame of 24 ms in common")
            }
            let pair = try SignalPair(
                reference: samples, degraded: decoded.prefix(length).map { Double($0) },
                sampleRate: rate)
            func text(_ statistic: NoiseToMaskRatio.Statistic, _ factor: Double, _ digits: Int)
                throws -> String
            { NumberText.fixed(try NoiseToMaskRatio(statistic).score(pair) * factor, digits) }
            chart = try spectra.mean(
                samples, noise: noise ?? [],
                title:
                    """
                    \(name), mean of all frames; NMR \(try text(.mean, 1, 1)) dB, audible in \
                    \(try text(.audibleShare, 100, 0)) %
                    """)
        }
        try Picture.write(
            try chart.png(picture.theme), to: output, picture,
            inputs: [input] + (self.decoded.map { [$0] } ?? []))
    }
}

/// Spectra, thresholds and noise as charts, dB SPL over kHz.
private struct MaskingSpectra {
    private let model: MaskingModel

    init(_ model: MaskingModel) { self.model = model }

    /// - Parameter samples: as many as the model's transform has
    private func power(_ samples: ArraySlice<Double>) throws -> [Double] {
        let (real, imaginary) = try ShortTimeTransform<Double>(size: model.size, hop: model.size)
            .forward(Array(samples))
        return zip(real, imaginary).map { ($0 * $0 + $1 * $1) * model.powerScale }
    }

    /// One frame with its maskers.
    func frame(_ samples: [Double], noise: [Double]?, title: String) throws -> LineChart {
        let power = try power(samples[...])
        let analyser = MaskingAnalyser(model)
        let threshold = try analyser.thresholds(of: power)
        func marks(_ name: String, _ kind: Masker.Kind, _ place: Int) -> LineChart.Series {
            let chosen = analyser.maskers.filter { $0.kind == kind }
            return LineChart.Series(
                name, x: chosen.map { kilohertz($0.bin) }, y: chosen.map(\.level), style: .marks,
                place: place)
        }
        return try chart(
            title, power: power, threshold: threshold, noise: noise.map { try self.power($0[...]) },
            further: [marks("tonal maskers", .tonal, 2), marks("noise maskers", .noise, 3)])
    }

    /// Mean powers of the frames, half overlapped.
    func mean(_ samples: [Double], noise: [Double], title: String) throws -> LineChart {
        let analyser = MaskingAnalyser(model)
        var sums = [[Double]](repeating: Array(repeating: 0, count: model.binCount), count: 3)
        var frames = 0.0
        for start in stride(from: 0, through: samples.count - model.size, by: model.size / 2) {
            let frame = start..<start + model.size
            let power = try power(samples[frame])
            let parts = [
                power, try analyser.thresholds(of: power), try self.power(noise[frame]),
            ]
            for (index, part) in parts.enumerated() {
                for bin in part.indices { sums[index][bin] += part[bin] }
            }
            frames += 1
        }
        let means = sums.map { $0.map { $0 / max(frames, 1) } }
        return try chart(
            title, power: means[0], threshold: means[1], noise: means[2], further: [])
    }

    private func kilohertz(_ bin: Int) -> Double {
        Double(bin) * model.sampleRate / Double(model.size) / 1000
    }

    private func chart(
        _ title: String, power: [Double], threshold: [Double], noise: [Double]?,
        further: [LineChart.Series]
    ) throws -> LineChart {
        func curve(_ name: String, _ values: [Double], _ place: Int) -> LineChart.Series {
            LineChart.Series(
                name, x: values.indices.dropFirst().map(kilohertz),
                y: values.dropFirst().map { PowerLevel.decibels($0) }, place: place)
        }
        return LineChart(
            title: title,
            xAxis: LineChart.Axis("frequency, kHz", range: 0...model.sampleRate / 2000),
            yAxis: LineChart.Axis("level, dB SPL", range: -10...100),
            series: [curve("spectrum", power, 0), curve("masking threshold", threshold, 1)]
                + (noise.map { [curve("noise of the codec", $0, 6)] } ?? [])
                + further + [curve("threshold in quiet", model.quiet, 4)])
    }
}
