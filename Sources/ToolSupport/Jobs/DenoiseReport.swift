/// What a denoising did, for the summary and for `--json`.
public struct DenoiseReport: CodingReport {
    public var input = ""
    public var output = ""
    /// Of the input.
    public var format = ""
    public var denoiser = ""
    public var denoiserID = ""
    public var strength = 1.0
    public var sampleRate = 0
    public var channels = 0
    /// Samples per channel.
    public var samples = 0
    public var seconds = 0.0
    /// Speech over noise in the input as the denoiser divided it, dB; absent where it heard only
    /// one of both.
    public var estimatedSNR: Double?
    public var clippedSamples = 0
    public var runSeconds = 0.0
    public var timesRealTime = 0.0
    public var warnings: [String] = []

    /// There is no bitstream.
    public var fileBytes: Int { 0 }

    mutating func finish(runSeconds: Double) {
        seconds = Double(samples) / Double(max(sampleRate, 1))
        self.runSeconds = runSeconds
        timesRealTime = seconds / max(runSeconds, 1e-9)
    }

    private var names: String {
        func name(_ path: String, _ standard: String) -> String { path == "-" ? standard : path }
        return "\(name(input, "standard input")) -> \(name(output, "standard output"))"
    }

    private var noise: String {
        estimatedSNR.map { "speech \(NumberText.fixed($0, 1)) dB over noise" }
            ?? "nothing to take away"
    }

    /// The summary for people, several lines.
    public var summary: String {
        let times = NumberText.fixed(timesRealTime, timesRealTime < 10 ? 1 : 0)
        let speed = seconds > 0 ? ", \(times) x real time" : ""
        return """
            \(names)
              sound     \(NumberText.time(seconds)), \(NumberText.grouped(samples)) samples, \
            \(NumberText.count(channels, "channel")), \(sampleRate) Hz
              noise     \(noise) (estimated), strength \(NumberText.fixed(strength, 2)), model \
            \(denoiser) \(denoiserID)
              run time  \(NumberText.fixed(runSeconds, 2)) s\(speed)
            """
    }

    public var line: String { "\(names): \(NumberText.time(seconds)), \(noise)" }
}
