/// The sound that a model codes and how it is cut: part of every model.
///
/// A frame is the step of the lapped transform, `hop` samples; a block is `framesPerBlock` frames
/// that share an envelope, and the unit of the bitstream. `channels` channels of a source are coded
/// together as one group.
public struct SignalFormat: Sendable, Equatable {
    /// Sample rate of the coded sound, Hz.
    public var sampleRate: Int
    /// Samples between frames of the lapped transform, and number of its coefficients.
    public var hop: Int
    /// Frames that share one envelope: a block.
    public var framesPerBlock: Int
    /// Channels that are coded together: 1, or 2 as sum and difference.
    public var channels: Int

    /// What a file that does not say it means, and the format of the built-in model: blocks of 20
    /// ms at 16 kHz, every channel for itself.
    public init(
        sampleRate: Int = 16_000, hop: Int = 160, framesPerBlock: Int = 2, channels: Int = 1
    ) {
        self.sampleRate = sampleRate
        self.hop = hop
        self.framesPerBlock = framesPerBlock
        self.channels = channels
    }

    /// What a model may say.
    public static let sampleRateRange = 8_000...96_000
    public static let hopRange = 16...1_024
    public static let framesPerBlockRange = 1...8
    public static let channelsRange = 1...2
    /// Samples of a block of one channel.
    public static let blockSamplesRange = 32...2_048

    /// Samples of a block of one channel.
    public var blockSamples: Int { hop * framesPerBlock }
    /// Coefficients of a frame of all channels of a group.
    public var width: Int { hop * channels }
    /// What streams are told about it.
    public var block: BlockFormat {
        BlockFormat(sampleRate: sampleRate, samples: blockSamples, channels: channels)
    }
}

/// What a block of a stream holds: all that framing and lengths depend on.
public struct BlockFormat: Sendable, Equatable {
    /// Sample rate of the coded sound, Hz.
    public let sampleRate: Int
    /// Samples of a block of one channel.
    public let samples: Int
    /// Channels of a group, coded together.
    public let channels: Int

    public init(sampleRate: Int, samples: Int, channels: Int) {
        self.sampleRate = sampleRate
        self.samples = samples
        self.channels = channels
    }

    /// What the header of a stream may say. Limits of a packet count blocks of 320 samples.
    static let sampleRateRange = SignalFormat.sampleRateRange
    static let samplesRange = SignalFormat.blockSamplesRange
    static let channelsRange = 1...8

    /// Of every stream of version 1: 20 ms at 16 kHz, every channel for itself.
    public static let version1 = BlockFormat(sampleRate: 16_000, samples: 320, channels: 1)

    /// Length of so many blocks in seconds.
    public func seconds(blocks: Int) -> Double { Double(blocks * samples) / Double(sampleRate) }

    /// Groups of a source with so many channels; the last one may lack some.
    public func groupCount(channels count: Int) -> Int {
        max(1, (max(count, 1) - 1) / max(channels, 1) + 1)
    }

    /// Size of a block of so many channels in blocks of version 1, rounded up: limits of packets
    /// count in these.
    package func units(channels count: Int) -> Int {
        let unit = Self.version1.samples
        return (max(samples, 1) * max(count, 1) + unit - 1) / unit
    }
}
