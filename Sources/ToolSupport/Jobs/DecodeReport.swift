import CMRLCodec

/// What a decoding did, for the summary and for `--json`. 1 k = 1000.
public struct DecodeReport: CodingReport {
    public var input = ""
    /// Absent with `--test`.
    public var output: String?
    public var model = ""
    public var modelID = ""
    /// Of the output.
    public var sampleRate = 0
    public var channels = 0
    /// Samples per channel of the output.
    public var samples = 0
    public var seconds = 0.0
    /// Layers in the stream, and those that were decoded.
    public var layers = 0
    /// What layers above the first add; absent for one layer.
    public var layering: Layering?
    public var decodedLayers = 0
    public var packets = 0
    /// Lost on purpose, with `--packet-loss`.
    public var lostPackets = 0
    /// Damaged places of the stream, its missing end among them.
    public var damagedPlaces = 0
    public var payloadBytes = 0
    public var fileBytes = 0
    /// Absent for an empty sound.
    public var payloadKbps: Double?
    public var fileKbps: Double?
    /// Sound that stands for what was lost or damaged; silence where nothing is known of it.
    public var concealedSeconds = 0.0
    public var clippedSamples = 0
    /// Texts that the stream carries; absent without any.
    public var tags: [TagText]?
    public var runSeconds = 0.0
    public var timesRealTime = 0.0
    public var warnings: [String] = []

    mutating func finish(runSeconds: Double) {
        seconds = Double(samples) / Double(max(sampleRate, 1))
        self.runSeconds = runSeconds
        timesRealTime = seconds / max(runSeconds, 1e-9)
        guard seconds > 0 else { return }
        payloadKbps = Double(payloadBytes) * 8 / seconds / 1000
        fileKbps = Double(fileBytes) * 8 / seconds / 1000
    }

    /// The summary for people, several lines.
    public var summary: String {
        func kilobits(_ value: Double?) -> String { value.map { NumberText.fixed($0, 2) } ?? "-" }
        let target = output.map { $0 == "-" ? "standard output" : $0 } ?? "intact"
        var lines = ["\(input == "-" ? "standard input" : input) -> \(target)"]
        let part =
            decodedLayers < layers
            ? "\(decodedLayers) of \(LayerText.layers(layers, layering))"
            : LayerText.layers(layers, layering)
        lines.append(
            """
              stream    \(NumberText.count(fileBytes, "byte")) in \
            \(NumberText.count(packets, "packet")), model \(model) \(modelID), \(part)
            """
        )
        lines.append("  kbit/s    payload \(kilobits(payloadKbps)), file \(kilobits(fileKbps))")
        lines.append(
            """
              sound     \(NumberText.time(seconds)), \(NumberText.grouped(samples)) samples, \
            \(NumberText.count(channels, "channel")), \(sampleRate) Hz
            """
        )
        if concealedSeconds > 0 {
            let causes = [
                damagedPlaces > 0 ? NumberText.count(damagedPlaces, "damaged place") : nil,
                lostPackets > 0
                    ? "\(NumberText.count(lostPackets, "packet")) lost on purpose" : nil,
            ]
            lines.append(
                (["  concealed \(NumberText.fixed(concealedSeconds, 2)) s"]
                    + causes.compactMap { $0 }).joined(separator: ", "))
        }
        if let tags {
            lines.append("  tags      \(tags.map(\.name).joined(separator: ", "))")
        }
        let speed =
            seconds > 0
            ? ", \(NumberText.fixed(timesRealTime, timesRealTime < 10 ? 1 : 0)) x real time" : ""
        lines.append("  run time  \(NumberText.fixed(runSeconds, 2)) s\(speed)")
        return lines.joined(separator: "\n")
    }

    public var line: String {
        let target = output.map { $0 == "-" ? "standard output" : $0 } ?? "intact"
        let sound = [
            NumberText.time(seconds), NumberText.count(channels, "channel"), "\(sampleRate) Hz",
        ]
        return "\(input) -> \(target): \(sound.joined(separator: ", "))"
    }
}
