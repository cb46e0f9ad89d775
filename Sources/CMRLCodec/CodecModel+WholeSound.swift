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
    ///   - layers: modules of the cascade that are sent, 1 ... `layerCount`
    /// - Returns: a stream, as `nwc-dec` and `decode(_:)` read it
    /// - Throws: `CodecError` for settings or samples that are outside their limits
    public func encode(
        _ channels: [[Float]],
        rate: CodecEncoder.Rate = .bitratePerChannel(CodecEncoder.defaultBitrate), layers: Int = 1
    ) throws(CodecError) -> [UInt8] {
        var configuration = CodecEncoder.Configuration(
            channels: channels.count, layers: layers, rate: rate)
        let count = channels.first?.count ?? 0
        configuration.expectedSamples = count
        // Settings are refused before anything is encoded.
        _ = try CodecEncoder(model: self, configuration: configuration)
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
            var writer = BitstreamWriter(try encoder.header(sampleCount: UInt64(count)))
            var bytes = writer.headerBytes()
            while let packet = encoder.pull() { bytes += try writer.packet(packet) }
            return try bytes + writer.end(sampleCount: UInt64(count))
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
        var reader = BitstreamReader()
        reader.push(bytes)
        reader.finish()
        func next() throws(CodecError) -> BitstreamEvent? {
            do { return try reader.next() } catch { throw .stream(error) }
        }
        guard case .header(let header)? = try next() else {
            throw .stream(.truncated(missing: 1, offset: 0))
        }
        let decoder = try CodecDecoder(model: self, header: header, layers: layers)
        var blocks = 0
        var end: StreamEnd?
        while let event = try next() {
            switch event {
            case .packet(let packet, _):
                blocks += packet.blockCount
                try decoder.push(packet)
            case .end(let record): end = record
            case .header, .auxiliary, .damaged, .truncated: break
            }
        }
        let declared = end?.sampleCount ?? 0
        // At the model's rate, rounded up; a stream holds whole blocks of it.
        let product = declared.multipliedReportingOverflow(by: UInt64(signal.sampleRate))
        let divided = product.partialValue.quotientAndRemainder(
            dividingBy: UInt64(header.sampleRate))
        let count = divided.quotient + (divided.remainder > 0 ? 1 : 0)
        guard !product.overflow, count <= UInt64(blocks * signal.blockSamples) else {
            throw .samplesMissing(
                declared: declared, sampleRate: header.sampleRate, blocks: blocks,
                block: header.block)
        }
        decoder.finish(sampleCount: Int(count))
        return DecodedSound(
            channels: decoder.pull() ?? Array(repeating: [], count: header.channelCount),
            sampleRate: signal.sampleRate, sourceSampleRate: header.sampleRate)
    }
}
