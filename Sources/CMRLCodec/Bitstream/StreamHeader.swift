import NeuralNetwork

/// What a stream says about itself before its first packet; 25 to 30 bytes for usual speech files.
public struct StreamHeader: Sendable, Equatable {
    /// First bytes of every stream.
    public static let magic: [UInt8] = [0x4E, 0x57, 0x43, 0x1A]
    /// Newest format version that this code reads and writes.
    public static let version: UInt8 = 4
    /// Format versions that this code reads.
    public static let versions: ClosedRange<UInt8> = 1...version
    public static let sampleRateRange = 1...768_000
    public static let channelCountRange = 1...255
    public static let blocksPerPacketRange = 1...3000
    /// Blocks of 320 samples of all channels together that a packet may hold: a decoder holds their
    /// samples, 1.28 kB a block, a few times.
    public static let mostChannelBlocks = 24_000
    public static let keyIntervalRange = 1...65_535
    public static let layerCountRange = 1...8
    /// Largest number of source samples and of blocks of a stream.
    public static let maximumSampleCount: UInt64 = 1 << 48 - 1

    /// Model that the symbols belong to.
    public let modelID: ModelID
    /// Samples per second of the source, 1 ... 768,000; the decoder restores it.
    public let sampleRate: Int
    /// Channels of the source, 1 ... 255.
    public let channelCount: Int
    /// Blocks in a packet, 1 ... 3000 and at most `mostChannelBlocks` with all channels; a packet
    /// may hold fewer and says so.
    public let blocksPerPacket: Int
    /// At most this many packets lie from one key packet to the next, 1 ... 65,535.
    public let keyInterval: Int
    /// Most layers a packet of this stream has, 1 ... 8.
    public let layerCount: Int
    /// Source samples per channel, where they were known when the stream began; the end record has
    /// them in any case.
    public let sampleCount: UInt64?
    /// What the layers above the first add; `.residual` where there are none.
    public let layering: Layering
    /// Version of the format: 2 at least where the stream may have auxiliary records, 3 with nested
    /// layers, 4 with a patch.
    public let formatVersion: UInt8
    /// What changes the model for this stream; nil = nothing.
    public let patch: ModelPatch?

    /// What a block holds, as the model demands it.
    public let block: BlockFormat

    /// Groups of channels that are coded together.
    public var groupCount: Int { block.groupCount(channels: channelCount) }

    /// - Parameter formatVersion: the lowest that the stream may have; it is 2 at least where the
    ///   block is another than that of version 1, and 3 with nested layers
    /// - Throws: `BitstreamError.headerField` for the first value outside its limits,
    ///   `BitstreamError.unsupportedVersion`.
    public init(
        modelID: ModelID, sampleRate: Int, channelCount: Int, blocksPerPacket: Int = 50,
        keyInterval: Int = 1, layerCount: Int, layering: Layering = .residual,
        sampleCount: UInt64? = nil, block: BlockFormat = .version1, formatVersion: UInt8 = 1,
        patch: ModelPatch? = nil
    ) throws(BitstreamError) {
        try Self.check(block.sampleRate, .codedRate, BlockFormat.sampleRateRange)
        try Self.check(block.samples, .blockSamples, BlockFormat.samplesRange)
        try Self.check(block.channels, .groupChannels, BlockFormat.channelsRange)
        try Self.check(sampleRate, .sampleRate, Self.sampleRateRange)
        try Self.check(channelCount, .channelCount, Self.channelCountRange)
        try Self.check(
            blocksPerPacket, .blocksPerPacket,
            Self.blocksPerPacketRange(channels: channelCount, block: block))
        try Self.check(keyInterval, .keyInterval, Self.keyIntervalRange)
        try Self.check(layerCount, .layerCount, Self.layerCountRange)
        if let sampleCount, sampleCount > Self.maximumSampleCount {
            throw .headerField(
                .sampleCount, value: sampleCount, minimum: 0, maximum: Self.maximumSampleCount)
        }
        guard Self.versions.contains(formatVersion) else {
            throw .unsupportedVersion(formatVersion)
        }
        self.layering = layering.among(layerCount)
        self.formatVersion = max(
            formatVersion, block == .version1 ? 1 : 2, self.layering == .nested ? 3 : 1,
            patch == nil ? 1 : 4)
        self.patch = patch
        self.modelID = modelID
        self.sampleRate = sampleRate
        self.channelCount = channelCount
        self.blocksPerPacket = blocksPerPacket
        self.keyInterval = keyInterval
        self.layerCount = layerCount
        self.sampleCount = sampleCount
        self.block = block
    }

    /// Longest body of a packet of this stream: 32 + groups x layers x (4 + 4096 u x blocks per
    /// packet) bytes, u = a group's block in units of 320 samples, and never above 2^26.
    ///
    /// A chunk of such a unit is far shorter (320 symbols at the longest escape are 2,200 bytes); a
    /// longer declared length is an error at once. A reader never reserves memory for a declared
    /// length: it holds what arrived, at most this much and the last push.
    public var maximumBodyLength: Int {
        let blockBytes = 4096 * block.units(channels: block.channels)
        return min(1 << 26, 32 + groupCount * layerCount * (4 + blockBytes * blocksPerPacket))
    }

    /// Longest body of any record: a packet's, or that of an auxiliary record where the version has
    /// them.
    public var maximumRecordLength: Int {
        formatVersion < AuxiliaryRecord.firstVersion
            ? maximumBodyLength : max(maximumBodyLength, AuxiliaryRecord.maximumBodyLength)
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
        // Without nested layers nothing needs version 3; auxiliary records need version 2.
        return try StreamHeader(
            modelID: modelID, sampleRate: sampleRate, channelCount: channelCount,
            blocksPerPacket: blocksPerPacket, keyInterval: keyInterval,
            layerCount: min(layers, layerCount), layering: layering, sampleCount: sampleCount,
            block: block, formatVersion: layering == .nested ? 2 : formatVersion,
            patch: patch)
    }

    /// Possible numbers of blocks in a packet of so many channels (whole groups count).
    public static func blocksPerPacketRange(channels: Int, block: BlockFormat = .version1)
        -> ClosedRange<Int>
    {
        let coded = block.groupCount(channels: channels) * max(block.channels, 1)
        return
            1...max(
                1,
                min(
                    blocksPerPacketRange.upperBound,
                    mostChannelBlocks / block.units(channels: coded)))
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
