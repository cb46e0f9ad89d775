import NeuralNetwork

/// What a stream says about itself before its first packet; 25 to 30 bytes for usual speech files.
public struct StreamHeader: Sendable, Equatable {
    /// First bytes of every stream.
    public static let magic: [UInt8] = [0x4E, 0x57, 0x43, 0x1A]
    /// Format version that this code reads and writes.
    public static let version: UInt8 = 1
    public static let sampleRateRange = 1...768_000
    public static let channelCountRange = 1...255
    public static let blocksPerPacketRange = 1...3000
    /// Blocks of all channels together that a packet may hold: a decoder holds their samples, 1.28
    /// kB a block, a few times.
    public static let mostChannelBlocks = 24_000
    public static let keyIntervalRange = 1...65_535
    public static let layerCountRange = 1...8
    /// Largest number of source samples and of blocks of a stream.
    public static let maximumSampleCount: UInt64 = 1 << 48 - 1

    /// Model that the symbols belong to.
    public let modelID: ModelID
    /// Samples per second of the source, 1 ... 768,000; the decoder restores it.
    public let sampleRate: Int
    /// Channels of the source, 1 ... 255; each is coded on its own.
    public let channelCount: Int
    /// Blocks of 20 ms in a packet, 1 ... 3000 and at most `mostChannelBlocks` with all channels; a
    /// packet may hold fewer and says so.
    public let blocksPerPacket: Int
    /// At most this many packets lie from one key packet to the next, 1 ... 65,535.
    public let keyInterval: Int
    /// Most layers a packet of this stream has, 1 ... 8.
    public let layerCount: Int
    /// Source samples per channel, where they were known when the stream began; the end record has
    /// them in any case.
    public let sampleCount: UInt64?

    /// What a block of the stream holds.
    public var block: BlockFormat { .version1 }

    /// - Throws: `BitstreamError.headerField` for the first value outside its limits.
    public init(
        modelID: ModelID, sampleRate: Int, channelCount: Int, blocksPerPacket: Int = 50,
        keyInterval: Int = 1, layerCount: Int,
        sampleCount: UInt64? = nil
    ) throws(BitstreamError) {
        try Self.check(sampleRate, .sampleRate, Self.sampleRateRange)
        try Self.check(channelCount, .channelCount, Self.channelCountRange)
        try Self.check(
            blocksPerPacket, .blocksPerPacket, Self.blocksPerPacketRange(channels: channelCount))
        try Self.check(keyInterval, .keyInterval, Self.keyIntervalRange)
        try Self.check(layerCount, .layerCount, Self.layerCountRange)
        if let sampleCount, sampleCount > Self.maximumSampleCount {
            throw .headerField(
                .sampleCount, value: sampleCount, minimum: 0, maximum: Self.maximumSampleCount)
        }
        self.modelID = modelID
        self.sampleRate = sampleRate
        self.channelCount = channelCount
        self.blocksPerPacket = blocksPerPacket
        self.keyInterval = keyInterval
        self.layerCount = layerCount
        self.sampleCount = sampleCount
    }

    /// Longest body of a packet of this stream: 32 + channels x layers x (4 + 4096 x blocks per
    /// packet) bytes, and never above 2^26.
    ///
    /// A chunk of one block is far shorter (320 symbols at the longest escape are 2,200 bytes); a
    /// longer declared length is an error at once. A reader never reserves memory for a declared
    /// length: it holds what arrived, at most this much and the last push.
    public var maximumBodyLength: Int {
        min(1 << 26, 32 + channelCount * layerCount * (4 + 4096 * blocksPerPacket))
    }

    /// The header of the stream that is left when upper layers are dropped.
    /// - Parameter layers: layers to keep, at least 1; more than there are keeps all.
    /// - Throws: `BitstreamError.layerSelection`.
    public func stripped(toLayers layers: Int) throws(BitstreamError) -> StreamHeader {
        guard layers >= 1 else {
            throw .layerSelection(
                layers: layers, minimum: Self.layerCountRange.lowerBound,
                maximum: Self.layerCountRange.upperBound)
        }
        return try StreamHeader(
            modelID: modelID, sampleRate: sampleRate, channelCount: channelCount,
            blocksPerPacket: blocksPerPacket, keyInterval: keyInterval,
            layerCount: min(layers, layerCount), sampleCount: sampleCount)
    }

    /// Possible numbers of blocks in a packet of so many channels.
    public static func blocksPerPacketRange(channels: Int) -> ClosedRange<Int> {
        1...max(1, min(blocksPerPacketRange.upperBound, mostChannelBlocks / max(channels, 1)))
    }

    private static func check(
        _ value: Int, _ field: BitstreamError.Field, _ range: ClosedRange<Int>
    ) throws(BitstreamError) {
        if !range.contains(value) {
            throw .headerField(
                field, value: UInt64(max(0, value)), minimum: UInt64(range.lowerBound),
                maximum: UInt64(range.upperBound))
        }
    }
}
