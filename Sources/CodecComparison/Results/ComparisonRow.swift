import QualityMetrics

/// One file, codec and rate of a comparison: a line of the file of results. What could not be had
/// is null, with the reason in `reasons`.
public struct ComparisonRow: Codable, Sendable, Equatable {
    /// Path below the folder of the comparison.
    public var file: String
    /// SHA-256 of the file, hexadecimal.
    public var sourceSHA256: String
    /// A `ComparisonMode`; rows of older versions are about speech.
    public var mode = ComparisonMode.speech.rawValue
    /// Hz, at which everything was compared, and the channels that were.
    public var sampleRate = 16_000
    public var channels = 1
    /// Of each channel.
    public var sourceSamples: Int
    public var sourceSeconds: Double
    /// The codec with its options; for anchors their name.
    public var codec: String
    /// The rate that was asked for, kbit/s; null for anchors.
    public var rate: Double?
    public var version: String
    /// The exact commands; null for anchors.
    public var encodeCommand: String?
    public var decodeCommand: String?
    /// Bytes that carry the sound, and bytes of the whole coded file.
    public var payloadBytes: Int?
    public var fileBytes: Int?
    /// Wall clock of the programs, their start included.
    public var encodeSeconds: Double?
    public var decodeSeconds: Double?
    /// The codec's fixed delay, which was taken out before anything was measured.
    public var delayRemovedSeconds: Double?
    /// Delay that was left after that by cross-correlation, in samples, and how sure that is (1: a
    /// shifted copy): a check of the delay above.
    public var residualDelaySamples: Int?
    public var residualCorrelation: Double?
    /// What of that was taken out as well before anything was measured: all of it where it is
    /// certain, else 0; null in rows of older versions, which removed nothing.
    public var alignedSamples: Int?
    /// Samples of each channel that were compared.
    public var comparedSamples: Int?
    /// Values by the measures' identifiers.
    public var metrics: [String: Double?] = [:]
    /// What measures over all files' frames or events need of this one.
    public var pools: [String: MetricPool] = [:]
    /// What was odd about the source or the decoded sound, as text.
    public var warnings: [String] = []
    /// Why a column is null; `codec` where coding failed.
    public var reasons: [String: String] = [:]
    /// Implementation and version of measures that outside programs compute.
    public var judges: [String: String] = [:]
    /// Path of the decoded sound below the folder for decoded sound; null where it was not kept.
    public var decoded: String?

    /// Key in `reasons` for coding itself.
    public static let codingReason = "codec"

    public init(
        file: String, sourceSHA256: String, sourceSamples: Int, sourceSeconds: Double,
        codec: String, rate: Double?, version: String
    ) {
        self.file = file
        self.sourceSHA256 = sourceSHA256
        self.sourceSamples = sourceSamples
        self.sourceSeconds = sourceSeconds
        self.codec = codec
        self.rate = rate
        self.version = version
    }

    /// Kbit/s of the bytes that carry the sound; 1 k = 1000.
    public var payloadKbps: Double? { kbps(payloadBytes) }
    public var fileKbps: Double? { kbps(fileBytes) }

    private func kbps(_ bytes: Int?) -> Double? {
        guard let bytes, sourceSeconds > 0 else { return nil }
        return Double(bytes) * 8 / sourceSeconds / 1000
    }

    /// `codec` or `codec@rate`.
    var name: String { codec + (rate.map { "@" + CodecDescription.text($0) } ?? "") }

    public var hasFailed: Bool { reasons[Self.codingReason] != nil }

    /// What makes two rows the same measurement: a finished one is not repeated.
    var key: [String] {
        [
            file, sourceSHA256, codec, rate.map { "\($0)" } ?? "", version, encodeCommand ?? "",
            decodeCommand ?? "", mode,
        ]
    }

    private enum CodingKeys: String, CodingKey {
        case file, sourceSHA256, mode, sampleRate, channels, sourceSamples, sourceSeconds, codec
        case rate, version, encodeCommand, decodeCommand, payloadBytes, fileBytes
        case payloadKbps, fileKbps, encodeSeconds, decodeSeconds, delayRemovedSeconds,
            residualDelaySamples, residualCorrelation, alignedSamples, comparedSamples
        case metrics, pools, warnings, reasons, judges, decoded
    }

    public init(from decoder: any Decoder) throws {
        let row = try decoder.container(keyedBy: CodingKeys.self)
        file = try row.decode(String.self, forKey: .file)
        sourceSHA256 = try row.decode(String.self, forKey: .sourceSHA256)
        mode = try row.decodeIfPresent(String.self, forKey: .mode) ?? mode
        sampleRate = try row.decodeIfPresent(Int.self, forKey: .sampleRate) ?? sampleRate
        channels = try row.decodeIfPresent(Int.self, forKey: .channels) ?? channels
        sourceSamples = try row.decode(Int.self, forKey: .sourceSamples)
        sourceSeconds = try row.decode(Double.self, forKey: .sourceSeconds)
        codec = try row.decode(String.self, forKey: .codec)
        rate = try row.decodeIfPresent(Double.self, forKey: .rate)
        version = try row.decode(String.self, forKey: .version)
        encodeCommand = try row.decodeIfPresent(String.self, forKey: .encodeCommand)
        decodeCommand = try row.decodeIfPresent(String.self, forKey: .decodeCommand)
        payloadBytes = try row.decodeIfPresent(Int.self, forKey: .payloadBytes)
        fileBytes = try row.decodeIfPresent(Int.self, forKey: .fileBytes)
        encodeSeconds = try row.decodeIfPresent(Double.self, forKey: .encodeSeconds)
        decodeSeconds = try row.decodeIfPresent(Double.self, forKey: .decodeSeconds)
        delayRemovedSeconds = try row.decodeIfPresent(Double.self, forKey: .delayRemovedSeconds)
        residualDelaySamples = try row.decodeIfPresent(Int.self, forKey: .residualDelaySamples)
        residualCorrelation = try row.decodeIfPresent(Double.self, forKey: .residualCorrelation)
        alignedSamples = try row.decodeIfPresent(Int.self, forKey: .alignedSamples)
        comparedSamples = try row.decodeIfPresent(Int.self, forKey: .comparedSamples)
        metrics = try row.decode([String: Double?].self, forKey: .metrics)
        pools = try row.decodeIfPresent([String: MetricPool].self, forKey: .pools) ?? [:]
        warnings = try row.decodeIfPresent([String].self, forKey: .warnings) ?? []
        reasons = try row.decode([String: String].self, forKey: .reasons)
        judges = try row.decodeIfPresent([String: String].self, forKey: .judges) ?? [:]
        decoded = try row.decodeIfPresent(String.self, forKey: .decoded)
    }

    /// Columns without a value are written as null.
    public func encode(to encoder: any Encoder) throws {
        var row = encoder.container(keyedBy: CodingKeys.self)
        try row.encode(file, forKey: .file)
        try row.encode(sourceSHA256, forKey: .sourceSHA256)
        try row.encode(mode, forKey: .mode)
        try row.encode(sampleRate, forKey: .sampleRate)
        try row.encode(channels, forKey: .channels)
        try row.encode(sourceSamples, forKey: .sourceSamples)
        try row.encode(sourceSeconds, forKey: .sourceSeconds)
        try row.encode(codec, forKey: .codec)
        try row.encode(rate, forKey: .rate)
        try row.encode(version, forKey: .version)
        try row.encode(encodeCommand, forKey: .encodeCommand)
        try row.encode(decodeCommand, forKey: .decodeCommand)
        try row.encode(payloadBytes, forKey: .payloadBytes)
        try row.encode(fileBytes, forKey: .fileBytes)
        try row.encode(payloadKbps, forKey: .payloadKbps)
        try row.encode(fileKbps, forKey: .fileKbps)
        try row.encode(encodeSeconds, forKey: .encodeSeconds)
        try row.encode(decodeSeconds, forKey: .decodeSeconds)
        try row.encode(delayRemovedSeconds, forKey: .delayRemovedSeconds)
        try row.encode(residualDelaySamples, forKey: .residualDelaySamples)
        try row.encode(residualCorrelation, forKey: .residualCorrelation)
        try row.encode(alignedSamples, forKey: .alignedSamples)
        try row.encode(comparedSamples, forKey: .comparedSamples)
        try row.encode(metrics, forKey: .metrics)
        try row.encode(pools, forKey: .pools)
        try row.encode(warnings, forKey: .warnings)
        try row.encode(reasons, forKey: .reasons)
        try row.encode(judges, forKey: .judges)
        try row.encode(decoded, forKey: .decoded)
    }
}
