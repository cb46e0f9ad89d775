import NeuralNetwork

/// Encodes samples at the model's rate into packets. Push any number of samples, pull packets; the packets do
/// not depend on how the samples were cut.
///
/// One object codes one stream on one thread at a time; any number may run side by side.
public final class Encoder {
    public struct Configuration: Sendable, Equatable {
        public var channels = 1
        /// Modules of the cascade that are sent; nil = 1.
        public var layers: Int?
        /// Bit/s for the whole stream, all channels, framing included; reached by choosing rate
        /// indices as the signal comes. nil = `defaultBitrate` a channel.
        public var bitrate: Double?
        /// Fixed rate indices, one per layer, instead of `bitrate`.
        public var rateIndices: [UInt8]?
        /// What a `RatePlanner` found for this signal and `bitrate`.
        public var plan: RatePlan?
        /// Samples per channel at the model's rate that will come, if known, at least about: lets the bitrate
        /// be met at the end.
        public var expectedSamples: Int?
        /// Blocks in a packet (`StreamHeader.blocksPerPacketRange(channels:)`): 50 for files;
        /// 1 for lowest delay.
        public var blocksPerPacket = 50
        /// Every so many packets one resets all context.
        public var keyInterval = 1

        /// Rate-distortion optimised quantisation: squared quantiser steps that a bit may cost; 0 =
        /// plain rounding.
        public var rateDistortion: Float = Encoder.defaultRateDistortion

        public init() {}
    }

    /// Plain rounding: on validation speech decisions win less than noise filling loses by them
    /// (Docs/experiments.md).
    public static let defaultRateDistortion: Float = 0
    public static let rateDistortionRange: ClosedRange<Float> = 0...10
    /// Possible bitrates, bit/s a channel.
    public static let bitrates: ClosedRange<Double> = 1_000...100_000
    /// Bit/s a channel where nothing was asked for.
    public static let defaultBitrate = 16_000.0
    /// Samples are limited to this magnitude (1 is full scale).
    public static let largestSample: Float = 16
    /// Distance between the rate indices of neighbouring layers when a bitrate is asked for.
    static let layerIndexStep = 60

    public let model: CodecModel
    public let configuration: Configuration
    public let layers: Int
    private var channels: [ChannelEncoder]
    private var controller: RateController?
    private var rates: PacketRates
    /// Packets whose first layer was coded, and those that are complete.
    private var packetCount = 0
    private var completeCount = 0
    /// Samples per channel that were pushed.
    public private(set) var samplesIn = 0
    /// Samples that were outside `largestSample`, or no numbers, over all channels.
    public private(set) var limitedSamples = 0
    /// A number made of all symbols that were coded, the same as `Decoder.symbolChecksum` where all
    /// of them were decoded.
    public private(set) var symbolChecksum: UInt64 = 0
    private var blocksCoded = 0
    private var isFinished = false
    private var finished: [Packet] = []
    private var headIndex = 0
    /// Packets whose upper layers are still missing.
    private var waiting: [(isKey: Bool, blocks: Int, rates: PacketRates, first: [[UInt8]])] = []

    /// - Parameter refiners: what chooses the symbols of each channel, for streams of one layer;
    ///   none = rounding
    public init(
        model: CodecModel, configuration: Configuration = Configuration(),
        refiners: [any SymbolRefiner] = []
    ) throws(CodecError) {
        let layers = configuration.layers ?? configuration.rateIndices?.count ?? 1
        guard StreamHeader.channelCountRange.contains(configuration.channels) else {
            throw .channels(configuration.channels, allowed: StreamHeader.channelCountRange)
        }
        guard (1...model.layerCount).contains(layers) else {
            throw .layers(layers, allowed: 1...model.layerCount)
        }
        let blocksRange = StreamHeader.blocksPerPacketRange(channels: configuration.channels)
        guard blocksRange.contains(configuration.blocksPerPacket) else {
            throw .blocksPerPacket(configuration.blocksPerPacket, allowed: blocksRange)
        }
        guard StreamHeader.keyIntervalRange.contains(configuration.keyInterval) else {
            throw .keyInterval(configuration.keyInterval, allowed: StreamHeader.keyIntervalRange)
        }
        if let indices = configuration.rateIndices, indices.count != layers {
            throw .rateIndices(count: indices.count, layers: layers)
        }
        let many = Double(configuration.channels)
        let target = configuration.bitrate ?? Self.defaultBitrate * many
        guard Self.bitrates.contains(target / many) else {
            throw .bitrate(
                target, allowed: Self.bitrates.lowerBound * many...Self.bitrates.upperBound * many)
        }
        self.model = model
        self.configuration = configuration
        self.layers = layers
        let tradeoff = configuration.rateDistortion
        guard Self.rateDistortionRange.contains(tradeoff) else {
            throw .rateDistortion(tradeoff, allowed: Self.rateDistortionRange)
        }
        let decisions =
            tradeoff > 0 ? ChannelEncoder.Decisions(tables: model.tables, tradeoff: tradeoff) : nil
        guard refiners.isEmpty || refiners.count == configuration.channels else {
            throw .refinement("\(refiners.count) refiners for \(configuration.channels) channels")
        }
        channels = (0..<configuration.channels).map { channel in
            ChannelEncoder(
                model.core, layers: layers, decisions: decisions,
                refiner: refiners.isEmpty ? nil : refiners[channel])
        }
        if configuration.rateIndices == nil {
            controller = RateController(
                curve: RateCurve(model: model, channels: configuration.channels, layers: layers),
                target: target,
                overheadBits: Double(8 * (Self.overheadByteCount + 6)), plan: configuration.plan,
                totalSeconds: configuration.expectedSamples.map {
                    Double($0) / Double(model.signal.sampleRate)
                })
        }
        rates = PacketRates(
            model.core, configuration.rateIndices ?? Array(repeating: 0, count: layers))
    }

    /// Adds samples, one array per channel, all of the same length, in [-1, 1]: values beyond are
    /// coded as they are up to `largestSample`, NaN and infinity as 0.
    public func push(_ samples: [[Float]]) throws(CodecError) {
        guard !isFinished else { throw .finished }
        guard samples.count == channels.count else {
            throw .channelCountMismatch(got: samples.count, expected: channels.count)
        }
        guard let count = samples.first?.count, samples.allSatisfy({ $0.count == count }) else {
            throw .unequalChannels(samples.map(\.count))
        }
        samplesIn += count
        for i in channels.indices {
            limitedSamples += samples[i].count { !($0.magnitude <= Self.largestSample) }
            channels[i].push(
                samples[i].map {
                    $0.isFinite ? max(-Self.largestSample, min(Self.largestSample, $0)) : 0
                })
        }
        while (channels.first?.availableBlocks ?? 0) >= configuration.blocksPerPacket {
            try code(blocks: configuration.blocksPerPacket)
        }
    }

    /// Says that no more samples come; the last packets can be pulled then.
    public func finish() throws(CodecError) {
        guard !isFinished else { return }
        isFinished = true
        let hop = model.configuration.hop
        let perBlock = model.configuration.framesPerBlock
        // Frames 0...ceil(n / hop) are needed to give n samples back; whole blocks of them.
        let frames = samplesIn == 0 ? 0 : (samplesIn + hop - 1) / hop + 1
        let blocks = (frames + perBlock - 1) / perBlock
        var left = blocks - blocksCoded
        let needed = (blocks * perBlock) * hop
        for i in channels.indices {
            channels[i].push(Array(repeating: 0, count: max(needed - samplesIn, 0)))
        }
        while left > 0 {
            let count = min(left, configuration.blocksPerPacket)
            try code(blocks: count)
            left -= count
        }
        for i in channels.indices { channels[i].finish() }
        try codeUpper()
    }

    /// The next finished packet, if any.
    public func pull() -> Packet? {
        guard headIndex < finished.count else {
            finished.removeAll(keepingCapacity: true)
            headIndex = 0
            return nil
        }
        defer { headIndex += 1 }
        return finished[headIndex]
    }

    /// Bytes of stream header and end record without their numbers of samples, about.
    static let overheadByteCount = 33

    private func code(blocks: Int) throws(CodecError) {
        let isKey = packetCount % configuration.keyInterval == 0
        if isKey, let index = controller?.next() {
            let top = Int(index)
            rates = PacketRates(model.core, Self.indices(top: top, layers: layers))
        }
        var first: [[UInt8]] = []
        for i in channels.indices {
            var channel = EncodingChannel(model.tables, packet: packetCount, layer: 0)
            do {
                try channels[i].codeFirst(
                    blocks: blocks, rates: rates, isKey: isKey, channel: &channel)
            } catch { throw .entropy(error) }
            symbolChecksum &+= channel.hash.weighted(channel: i)
            first.append(channel.encoder.finish())
        }
        packetCount += 1
        blocksCoded += blocks
        waiting.append((isKey, blocks, rates, first))
        try codeUpper()
    }

    /// Indices of all layers when the top one is given.
    static func indices(top: Int, layers: Int) -> [UInt8] {
        rateIndices(top: UInt8(max(0, min(255, top))), layers: layers)
    }

    /// Rate indices of a stream whose top layer has a given index: every layer below is
    /// `layerIndexStep` lower.
    /// - Parameter layers: 1 ... 8 (`StreamHeader.layerCountRange`); none below that, 8 above
    public static func rateIndices(top: UInt8, layers: Int) -> [UInt8] {
        let count = max(0, min(layers, StreamHeader.layerCountRange.upperBound))
        return (0..<count).map { UInt8(max(0, Int(top) - (count - 1 - $0) * layerIndexStep)) }
    }

    private func codeUpper() throws(CodecError) {
        while let packet = waiting.first, layers == 1 || channels.allSatisfy({ $0.upperIsReady }) {
            var chunks: [[[UInt8]]] = []
            for i in channels.indices {
                var layerChunks = [packet.first[i]]
                if layers > 1 {
                    var upper = (1..<layers).map {
                        EncodingChannel(model.tables, packet: completeCount, layer: $0)
                    }
                    do { try channels[i].codeUpper(channels: &upper) } catch {
                        throw .entropy(error)
                    }
                    for j in upper.indices {
                        layerChunks.append(upper[j].encoder.finish())
                        symbolChecksum &+= upper[j].hash.weighted(channel: i)
                    }
                }
                chunks.append(layerChunks)
            }
            waiting.removeFirst()
            completeCount += 1
            let result = Packet(
                isKey: packet.isKey, blockCount: packet.blocks,
                rateIndices: packet.isKey ? packet.rates.indices : [], chunks: chunks)
            finished.append(result)
            let seconds = model.signal.block.seconds(blocks: packet.blocks)
            let bytes = result.recordByteCount(blocksPerPacket: configuration.blocksPerPacket)
            controller?.spent(
                bits: Double(8 * bytes), seconds: seconds, index: packet.rates.indices.last ?? 0)
        }
    }
}
