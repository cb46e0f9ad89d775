import CMRLCodec

/// What an encoding did, for the summary and for `--json`. 1 k = 1000.
public struct EncodeReport: CodingReport {
    public var input = ""
    public var output = ""
    /// Format of the input, for example "WAV, 16-bit".
    public var format = ""
    public var model = ""
    public var modelID = ""
    public var sampleRate = 0
    public var channels = 0
    /// Source samples per channel.
    public var samples = 0
    public var seconds = 0.0
    public var layers = 1
    /// What layers above the first add; nil for one layer.
    public var layering: Layering?
    /// What was asked for; absent with a fixed rate index.
    public var targetKbps: Double?
    /// Lowest and highest rate index of the top layer.
    public var lowestRateIndex: Int?
    public var highestRateIndex: Int?
    public var packets = 0
    public var shortestPacketBytes: Int?
    public var longestPacketBytes: Int?
    public var payloadBytes = 0
    public var fileBytes = 0
    /// Absent for an empty sound.
    public var payloadKbps: Double?
    public var framingKbps: Double?
    public var fileKbps: Double?
    /// Texts of the source that the stream has, and the bytes of their record; absent without any.
    public var tags: [TagText]?
    public var tagBytes: Int?
    /// What changes the model for this stream; absent without.
    public var patch: PatchText?
    /// Whether adapting the model was worth it; absent where it was not tried.
    public var isAdapted: Bool?
    /// The written stream was decoded and its symbols were the same; absent without `--verify`.
    public var verified: Bool?
    public var runSeconds = 0.0
    public var timesRealTime = 0.0
    public var warnings: [String] = []

    mutating func add(_ packet: Packet, recordBytes: Int) {
        packets += 1
        payloadBytes += packet.payloadByteCount
        shortestPacketBytes = min(shortestPacketBytes ?? .max, recordBytes)
        longestPacketBytes = max(longestPacketBytes ?? 0, recordBytes)
        if let index = packet.rateIndices.last.map({ Int($0) }) {
            lowestRateIndex = min(lowestRateIndex ?? 255, index)
            highestRateIndex = max(highestRateIndex ?? 0, index)
        }
    }

    mutating func finish(runSeconds: Double) {
        seconds = Double(samples) / Double(max(sampleRate, 1))
        self.runSeconds = runSeconds
        timesRealTime = seconds / max(runSeconds, 1e-9)
        guard seconds > 0 else { return }
        payloadKbps = Double(payloadBytes) * 8 / seconds / 1000
        fileKbps = Double(fileBytes) * 8 / seconds / 1000
        framingKbps = Double(fileBytes - payloadBytes) * 8 / seconds / 1000
    }

    /// The summary for people, several lines.
    public var summary: String {
        func kilobits(_ value: Double?) -> String { value.map { NumberText.fixed($0, 2) } ?? "-" }
        var lines = [
            """
            \(input == "-" ? "standard input" : input) -> \
            \(output == "-" ? "standard output" : output)
            """
        ]
        lines.append(
            """
              source    \(NumberText.time(seconds)), \(NumberText.grouped(samples)) samples, \
            \(NumberText.count(channels, "channel")), \(sampleRate) Hz, \(format)
            """
        )
        var rate = ""
        if let low = lowestRateIndex, let high = highestRateIndex {
            rate = low == high ? ", rate index \(low)" : ", rate indices \(low) ... \(high)"
        }
        lines.append(
            "  coded     model \(model) \(modelID), \(LayerText.layers(layers, layering))\(rate)")
        if let patch {
            lines.append("  patch     \(patch.text)")
        } else if isAdapted == false {
            lines.append("  patch     none: the stream would be no better with one")
        }
        var size =
            """
              written   \(NumberText.count(fileBytes, "byte")) in \
            \(NumberText.count(packets, "packet"))
            """
        if let shortest = shortestPacketBytes, let longest = longestPacketBytes {
            size += " of \(shortest) ... \(longest) bytes"
        }
        lines.append(size)
        lines.append(
            """
              kbit/s    payload \(kilobits(payloadKbps)) + framing \(kilobits(framingKbps)) \
            = file \(kilobits(fileKbps))
            """
        )
        if let tags, let tagBytes {
            let names = tags.map(\.name).joined(separator: ", ")
            lines.append("  tags      \(names), \(NumberText.count(tagBytes, "byte"))")
        }
        let speed =
            seconds > 0
            ? ", \(NumberText.fixed(timesRealTime, timesRealTime < 10 ? 1 : 0)) x real time" : ""
        lines.append(
            """
              run time  \(NumberText.fixed(runSeconds, 2)) \
            s\(speed)\(verified == true ? ", verified" : "")
            """
        )
        return lines.joined(separator: "\n")
    }

    public var line: String {
        let facts = [
            NumberText.time(seconds), NumberText.count(fileBytes, "byte"),
            fileKbps.map { "\(NumberText.fixed($0, 2)) kbit/s" },
        ]
        return "\(input) -> \(output): \(facts.compactMap { $0 }.joined(separator: ", "))"
    }

    /// A line about one packet.
    static func line(_ packet: Packet, number: Int, recordBytes: Int) -> String {
        let sizes = packet.chunks.map { $0.map { String($0.count) }.joined(separator: "+") }.joined(
            separator: " | ")
        let rates =
            packet.isKey
            ? ", rate \(packet.rateIndices.map { String($0) }.joined(separator: "/"))" : ""
        return
            """
            packet \(number): \(NumberText.count(packet.blockCount, "block")), \
            \(recordBytes) bytes (\(sizes))\(packet.isKey ? ", key" : "")\(rates)
            """
    }
}
