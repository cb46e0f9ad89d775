import CMRLCodec
import CNWC

/// A decoder of the header: of packets, or of a stream whose bytes come in pieces.
final class DecoderHandle: Handle {
    let detail = DetailText()
    private let model: CodecModel
    private let settings: DecoderSettings
    /// nil = that of the stream that will come.
    private let header: StreamHeader?
    private var source: Source
    private var isFinished = false

    private enum Source {
        case packets(CodecDecoder)
        case stream(StreamDecoder)
    }

    init(_ model: CodecModel, _ header: StreamHeader?, _ settings: DecoderSettings) throws {
        self.model = model
        self.header = header
        self.settings = settings
        source = try Self.source(model, header, settings)
    }

    private static func source(
        _ model: CodecModel, _ header: StreamHeader?, _ settings: DecoderSettings
    ) throws -> Source {
        guard let header else { return .stream(settings.streamDecoder(model)) }
        return .packets(
            try CodecDecoder(
                model: model, header: header, layers: settings.layers,
                isLowDelay: settings.isLowDelay, enhances: settings.enhances))
    }

    func reset() throws {
        source = try Self.source(model, header, settings)
        isFinished = false
    }

    /// - Parameter body: of a packet; nil = lost
    func push(_ body: [UInt8]?) throws {
        let decoder = try packetDecoder()
        guard let body else { return try decoder.push(nil) }
        try decoder.push(Packet(body: body, header: decoder.header))
    }

    func conceal(blocks: UInt32) throws {
        let decoder = try packetDecoder()
        guard blocks > 0 else { throw Failure(NWC_ERROR_ARGUMENT, "0 blocks to conceal") }
        decoder.conceal(blocks: Int(blocks))
    }

    private func packetDecoder() throws -> CodecDecoder {
        guard case .packets(let decoder) = source else {
            throw Failure(NWC_ERROR_STATE, "the decoder was created for a stream, not for packets")
        }
        guard !isFinished else { throw CodecError.finished }
        return decoder
    }

    func pushStream(_ bytes: UnsafeRawBufferPointer) throws {
        guard case .stream(let stream) = source else {
            throw Failure(NWC_ERROR_STATE, "the decoder was created for packets, not for a stream")
        }
        guard !isFinished else { throw CodecError.finished }
        try stream.push(bytes)
    }

    /// - Parameter samples: length of the sound; nil = all that the packets hold
    func finish(samples: UInt64?) throws {
        guard !isFinished else { return }
        switch source {
        case .packets(let decoder):
            decoder.finish(sampleCount: samples.map { Int(clamping: $0) })
        case .stream(let stream):
            guard samples == nil else {
                throw Failure(
                    NWC_ERROR_ARGUMENT, "\(samples ?? 0) samples; a stream knows its own length")
            }
            isFinished = true
            do { try stream.finish() } catch {
                stream.decoder?.finish()
                throw error
            }
        }
        isFinished = true
    }

    /// - Throws: `Failure` where the header of a stream has not come yet
    func decoder() throws -> CodecDecoder {
        switch source {
        case .packets(let decoder): return decoder
        case .stream(let stream):
            guard let decoder = stream.decoder else {
                throw Failure(NWC_ERROR_STATE, "the header of the stream has not come yet")
            }
            return decoder
        }
    }

    /// The decoder to pull from; nil = nothing has come yet.
    var readyDecoder: CodecDecoder? { try? decoder() }

    var statistics: nwc_decoder_statistics {
        var result = nwc_decoder_statistics()
        guard let decoder = readyDecoder else { return result }
        result.available = UInt64(clamping: decoder.availableSamples)
        result.samples = UInt64(clamping: decoder.samplesOut)
        result.concealed_blocks = UInt64(clamping: decoder.concealedBlocks)
        result.symbol_checksum = decoder.symbolChecksum
        return result
    }
}

/// What `nwc_decoder_options` ask for.
struct DecoderSettings {
    let layers: Int?
    let isLowDelay: Bool
    let enhances: Bool?

    /// - Throws: `Failure` for what is no option
    init(_ pointer: UnsafePointer<nwc_decoder_options>?) throws {
        let options = try nwc_decoder_options(reading: pointer)
        let lowDelay = NWC_DECODER_LOW_DELAY.rawValue
        let enhance = NWC_DECODER_ENHANCE.rawValue
        let plain = NWC_DECODER_PLAIN.rawValue
        let choice = options.flags & (enhance | plain)
        guard options.flags & ~(lowDelay | enhance | plain) == 0, choice != enhance | plain else {
            throw Failure(
                NWC_ERROR_ARGUMENT,
                "flags \(options.flags); possible are 0 to \(lowDelay + plain), not both of "
                    + "\(enhance) and \(plain)")
        }
        layers = options.layers == 0 ? nil : Int(options.layers)
        isLowDelay = options.flags & lowDelay != 0
        enhances = choice == 0 ? nil : choice == enhance
    }

    func streamDecoder(_ model: CodecModel) -> StreamDecoder {
        StreamDecoder(
            model: model, layers: layers, isLowDelay: isLowDelay, enhances: enhances)
    }
}
