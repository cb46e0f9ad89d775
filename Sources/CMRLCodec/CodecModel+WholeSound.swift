/// A sound as it comes out of a stream.
public struct DecodedSound: Sendable, Equatable {
    /// Samples, full scale 1, one array per channel, all of the same length.
    public let channels: [[Float]]
    /// Of the samples, Hz: the model's.
    public let sampleRate: Int
    /// Of the source, as the stream says, Hz.
    public let sourceSampleRate: Int
}

extension CodecModel {
    /// Seconds of sound for which a bitrate is planned by encoding all of it; of more, stretches of
    /// so many seconds, so many of them, are looked at.
    static let wholePlanSeconds = 30
    static let stretchSeconds = 2
    static let stretchCount = 12

    /// Encodes a whole sound.
    /// - Parameters:
    ///   - channels: samples at the model's rate (`signal.sampleRate`) in [-1, 1], one array per
    ///     channel, all of the same length
    ///   - rate: how many bits the stream gets; a bitrate without a plan is planned
    ///   - layers: nested ones, 1 ... 8
    /// - Returns: a stream, as `nwc-dec` and `decode(_:)` read it
    /// - Throws: `CodecError` for settings or samples that are outside their limits
    public func encode(
        _ channels: [[Float]],
        rate: CodecEncoder.Rate = .bitratePerChannel(CodecEncoder.defaultBitrate), layers: Int = 1
    ) throws(CodecError) -> [UInt8] {
        try encode(
            channels,
            configuration: CodecEncoder.Configuration(
                channels: channels.count, layers: layers, rate: rate))
    }

    /// Encodes a whole sound with all settings of an encoder.
    /// - Parameters:
    ///   - channels: samples at the model's rate (`signal.sampleRate`) in [-1, 1], one array per
    ///     channel, all of the same length
    ///   - configuration: its `expectedSamples` is not looked at; a bitrate without a plan is
    ///     planned
    ///   - source: sample rate in Hz and samples per channel of what these samples were resampled
    ///     from; nil = they are the source
    /// - Returns: a stream, as `nwc-dec` and `decode(_:)` read it
    /// - Throws: `CodecError` for settings or samples that are outside their limits
    public func encode(
        _ channels: [[Float]], configuration: CodecEncoder.Configuration,
        source: (sampleRate: Int, sampleCount: UInt64)? = nil
    ) throws(CodecError) -> [UInt8] {
        var configuration = try configuration.resolved(for: self)
        let count = channels.first?.count ?? 0
        configuration.expectedSamples = count
        // Settings are refused before anything is encoded.
        _ = try CodecEncoder(model: self, configuration: configuration)
        guard channels.count == configuration.channels else {
            throw .channelCountMismatch(got: channels.count, expected: configuration.channels)
        }
        guard channels.allSatisfy({ $0.count == count }) else {
            throw .unequalChannels(channels.map(\.count))
        }
        var planned: PlannedPackets?
        if let bitrate = configuration.bitrate, configuration.plan == nil, count > 0 {
            let found = try plan(channels, configuration)
            configuration.rate = .bitrate(bitrate, plan: found.plan)
            planned = found.packets
        }
        let encoder = try CodecEncoder(
            model: self, configuration: configuration, refiners: [], planned: planned)
        try encoder.push(channels)
        try encoder.finish()
        do throws(BitstreamError) {
            let sampleCount = source?.sampleCount ?? UInt64(count)
            var writer = BitstreamWriter(
                try encoder.header(sampleRate: source?.sampleRate, sampleCount: sampleCount))
            var bytes = writer.headerBytes()
            while let packet = encoder.pull() { bytes += try writer.packet(packet) }
            return try bytes + writer.end(sampleCount: sampleCount)
        } catch { throw .stream(error) }
    }

    private func plan(_ channels: [[Float]], _ configuration: CodecEncoder.Configuration)
        throws(CodecError) -> (plan: RatePlan, packets: PlannedPackets?)
    {
        let planner = RatePlanner(model: self, configuration: configuration)
        let count = channels.first?.count ?? 0
        guard count > Self.wholePlanSeconds * signal.sampleRate else {
            let found = try planner.planKeepingPackets(whole: channels)
            return (found.plan, found.packets)
        }
        let length = Self.stretchSeconds * signal.sampleRate
        let stretches = (0..<Self.stretchCount).map { i in
            let middle = (2 * i + 1) * (count / (2 * Self.stretchCount))
            return channels.map { Array($0[middle - length / 2..<middle + length / 2]) }
        }
        return (try planner.plan(stretches: stretches), nil)
    }

    /// Decodes a whole stream.
    /// - Parameters:
    ///   - bytes: a stream of this model, from header to end record
    ///   - layers: decode at most so many layers; nil = all that are there
    /// - Throws: `CodecError.stream` where the bytes are no intact stream, and what `CodecDecoder`
    ///   throws
    public func decode(_ bytes: [UInt8], layers: Int? = nil) throws(CodecError) -> DecodedSound {
        let stream = StreamDecoder(model: self, layers: layers)
        try stream.push(bytes)
        try stream.finish()
        guard let decoder = stream.decoder else { throw .stream(.truncated(missing: 1, offset: 0)) }
        return DecodedSound(
            channels: decoder.pull()
                ?? Array(repeating: [], count: decoder.header.channelCount),
            sampleRate: signal.sampleRate, sourceSampleRate: decoder.header.sampleRate)
    }
}
