import CMRLCodec
import CNWC

/// What `nwc_encoder_options` ask for.
struct EncoderSettings {
    var configuration: CodecEncoder.Configuration
    /// Of the source, Hz.
    let sourceRate: Int
    private let signal: SignalFormat

    /// - Throws: `Failure` for what is no option; limits of the values are the encoder's
    init(_ pointer: UnsafePointer<nwc_encoder_options>?, model: CodecModel) throws {
        let options = try nwc_encoder_options(reading: pointer)
        let layers = Self.value(options.layers, usually: 1)
        configuration = CodecEncoder.Configuration(
            channels: Self.value(options.channels, usually: 1), layers: layers,
            rate: try Self.rate(options, layers: layers, usually: model.usualBitrate))
        if options.blocks_per_packet != 0 {
            configuration.blocksPerPacket = Int(options.blocks_per_packet)
        }
        configuration.keyInterval = Self.value(options.key_interval, usually: 1)
        if options.expected_samples != 0 {
            configuration.expectedSamples = Int(clamping: options.expected_samples)
        }
        let plain = NWC_ENCODER_PLAIN.rawValue
        let known = plain | NWC_ENCODER_RESIDUAL.rawValue
        guard options.flags & ~known == 0, options.reserved == 0 else {
            throw Failure(
                NWC_ERROR_ARGUMENT,
                "flags \(options.flags) and reserved \(options.reserved); possible are "
                    + "0 ... \(known), 0")
        }
        configuration.enhances = options.flags & plain == 0
        configuration.layering =
            options.flags & NWC_ENCODER_RESIDUAL.rawValue == 0 ? .nested : .residual
        let channels = configuration.channels
        guard StreamHeader.channelCountRange.contains(channels) else {
            throw CodecError.channels(channels, allowed: StreamHeader.channelCountRange)
        }
        signal = model.signal
        sourceRate = Self.value(options.source_rate, usually: signal.sampleRate)
        let rates = StreamHeader.sampleRateRange
        guard rates.contains(sourceRate) else {
            throw Failure(NWC_ERROR_ARGUMENT, "source_rate \(sourceRate); possible are \(rates) Hz")
        }
    }

    /// Frames of the source, as the end of a stream tells them.
    /// - Parameters:
    ///   - given: nil = those that were pushed
    ///   - pushed: at the model's rate
    /// - Throws: `Failure` where the coded sound is shorter than the source
    func sourceSamples(_ given: UInt64?, pushed: Int) throws -> UInt64 {
        guard let given else {
            guard sourceRate == signal.sampleRate else {
                throw Failure(
                    NWC_ERROR_ARGUMENT, "source_rate is \(sourceRate): source_samples must be told")
            }
            return UInt64(pushed)
        }
        // Whatever the sound, blocks hold a hop more than it.
        let room = pushed == 0 ? 0 : UInt64(pushed + signal.hop)
        let most = room.multipliedReportingOverflow(by: UInt64(sourceRate))
        let needed = given.multipliedReportingOverflow(by: UInt64(signal.sampleRate))
        guard !needed.overflow, most.overflow || needed.partialValue <= most.partialValue,
            given <= StreamHeader.maximumSampleCount
        else {
            throw Failure(
                NWC_ERROR_ARGUMENT,
                "source_samples \(given) at \(sourceRate) Hz, but \(pushed) were pushed at "
                    + "\(signal.sampleRate) Hz")
        }
        return given
    }

    private static func value(_ number: UInt32, usually: Int) -> Int {
        number == 0 ? usually : Int(number)
    }

    private static func rate(
        _ options: nwc_encoder_options, layers: Int, usually: Double
    ) throws -> CodecEncoder.Rate {
        switch nwc_rate_mode(rawValue: options.rate_mode) {
        case NWC_RATE_DEFAULT: return .bitratePerChannel(usually)
        case NWC_RATE_BITRATE: return .bitrate(options.rate)
        case NWC_RATE_BITRATE_PER_CHANNEL: return .bitratePerChannel(options.rate)
        case NWC_RATE_QUALITY: return .quality(options.rate)
        case NWC_RATE_INDICES:
            let indices = withUnsafeBytes(of: options.rate_indices) { Array($0.prefix(layers)) }
            return .indices(indices)
        default:
            throw Failure(
                NWC_ERROR_ARGUMENT,
                "rate_mode \(options.rate_mode); possible are 0 to \(NWC_RATE_INDICES.rawValue)")
        }
    }
}
