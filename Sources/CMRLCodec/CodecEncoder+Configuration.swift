extension CodecEncoder {
    /// How many bits a stream gets.
    public enum Rate: Sendable, Equatable {
        /// Bit/s of the whole stream, all channels, framing included; reached by choosing rate
        /// indices as the signal comes. With a plan, what a `RatePlanner` found for this signal and
        /// bitrate; without, the model's average speech decides where to begin.
        case bitrate(Double, plan: RatePlan? = nil)
        /// The same for each channel of the stream.
        case bitratePerChannel(Double)
        /// Fixed rate indices, 0 cheapest ... 255 best, one per layer.
        case indices([UInt8])
        /// The same quality throughout, 0 cheapest ... 1 best: one index for the whole stream.
        case quality(Double)
    }

    public struct Configuration: Sendable, Equatable {
        /// Channels of the source, 1 ... 255.
        public var channels: Int
        /// Layers of the stream, within `CodecModel.layerRange(_:)`.
        public var layers: Int
        /// What the layers above the first add.
        public var layering: Layering
        /// How many bits the stream gets.
        public var rate: Rate
        /// Samples per channel at the model's rate that will come, if known, at least about: lets a
        /// bitrate be met at the end.
        public var expectedSamples: Int?
        /// Bytes of the stream beside its header, packets and end record (tags) that count toward
        /// a bitrate; not negative.
        public var extraBytes = 0
        /// Blocks in a packet (`StreamHeader.blocksPerPacketRange(channels:block:)`): 50 for files;
        /// 1 for lowest delay.
        public var blocksPerPacket = 50
        /// Every so many packets one resets all context, 1 ... 65,535.
        public var keyInterval = 1

        /// The stream names the model's post-filter, if it has one: decoders then use it unless
        /// they are told not to. Without, it is a stream that decoders without post-filters read
        /// too.
        public var enhances = true

        /// Values outside their limits are refused by the encoder.
        public init(
            channels: Int = 1, layers: Int = 1, layering: Layering = .nested,
            rate: Rate = .bitratePerChannel(CodecEncoder.defaultBitrate)
        ) {
            self.channels = channels
            self.layers = layers
            self.layering = layering
            self.rate = rate
        }

        /// Bit/s of the whole stream; nil where indices are fixed.
        package var bitrate: Double? {
            switch rate {
            case .bitrate(let bitrate, _): bitrate
            case .bitratePerChannel(let bitrate): bitrate * Double(max(channels, 1))
            case .indices, .quality: nil
            }
        }

        var plan: RatePlan? {
            guard case .bitrate(_, let plan) = rate else { return nil }
            return plan
        }

        /// Fixed rate indices; nil where a bitrate is to be met.
        /// - Throws: `CodecError.rateIndices`, `.quality`
        func fixedIndices(_ model: CodecModel) throws(CodecError) -> [UInt8]? {
            switch rate {
            case .bitrate, .bitratePerChannel: return nil
            case .indices(let indices):
                guard indices.count == layers else {
                    throw .rateIndices(count: indices.count, layers: layers)
                }
                return indices
            case .quality(let quality):
                guard (0...1).contains(quality) else { throw .quality(quality) }
                return rateIndices(model, UInt8((quality * 255).rounded(.toNearestOrEven)))
            }
        }

        /// What an encoder of a model makes of it: with a model that was trained for one rate a
        /// bitrate chooses how many of the layers there are, and they are residual ones.
        /// - Throws: `CodecError` for what such a model cannot do; nothing for others
        package func resolved(for model: CodecModel) throws(CodecError) -> Self {
            guard case .timeDomain(let coder) = model.coder else { return self }
            var result = self
            result.layering = .residual
            let range = model.layerRange(.residual)
            guard range.contains(layers) else { throw .layers(layers, allowed: range) }
            if let target = bitrate {
                let many = Double(max(channels, 1))
                let range = CodecEncoder.bitrates
                guard range.contains(target / many) else {
                    throw .bitrate(
                        target, allowed: range.lowerBound * many...range.upperBound * many)
                }
                result.layers = coder.modules(for: target / many, atMost: layers)
            } else if case .quality = rate {
                throw .fixedRate
            } else if try fixedIndices(model)?.contains(where: { $0 != 0 }) == true {
                throw .fixedRate
            }
            result.rate = .indices(Array(repeating: 0, count: result.layers))
            return result
        }

        /// Rate indices of the layers for one that is given: `CodecModel.rateIndices`.
        package func rateIndices(_ model: CodecModel, _ index: UInt8) -> [UInt8] {
            model.rateIndices(index, layers: layers, layering)
        }
    }

    /// Possible bitrates, bit/s a channel.
    public static let bitrates: ClosedRange<Double> = 1_000...256_000
    /// Bit/s a channel where nothing was asked for; `CodecModel.usualBitrate` is the programs'.
    public static let defaultBitrate = 16_000.0
    /// Distance between the rate indices of neighbouring layers when a bitrate is asked for.
    static let layerIndexStep = 60

    /// Rate indices of a stream whose top layer has a given index: every layer below is
    /// `layerIndexStep` lower.
    /// - Parameter layers: 1 ... 8 (`StreamHeader.layerCountRange`); none below that, 8 above
    public static func rateIndices(top: UInt8, layers: Int) -> [UInt8] {
        let count = max(0, min(layers, StreamHeader.layerCountRange.upperBound))
        return (0..<count).map { UInt8(max(0, Int(top) - (count - 1 - $0) * layerIndexStep)) }
    }
}
