import CMRLCodec
import CNWC

/// An encoder of the header: a codec encoder, and what leaves it as packets or as a stream.
final class EncoderHandle: Handle {
    let detail = DetailText()
    private let model: CodecModel
    private let settings: EncoderSettings
    private var encoder: CodecEncoder
    /// Without the number of samples: that of packets, and of a stream that is not known as a
    /// whole.
    let header: StreamHeader
    private var output = Output.none
    private var isFinished = false
    private var sourceSamples: UInt64 = 0

    private enum Output {
        case none
        /// The packet that is next, once it was asked for.
        case packets(next: Packet?)
        case stream(StreamBytes)
    }

    /// Bytes of a stream that wait.
    private struct StreamBytes {
        var writer: BitstreamWriter
        var bytes: [UInt8]
        var position = 0
        var hasEnd = false
    }

    init(_ model: CodecModel, _ settings: EncoderSettings) throws {
        self.model = model
        self.settings = settings
        encoder = try CodecEncoder(model: model, configuration: settings.configuration)
        header = try encoder.header(sampleRate: settings.sourceRate)
    }

    func reset() throws {
        encoder = try CodecEncoder(model: model, configuration: settings.configuration)
        output = .none
        isFinished = false
        sourceSamples = 0
    }

    func push(_ samples: Planes) throws { try encoder.push(samples) }

    /// - Parameter given: frames of the source; nil = those that were pushed
    func finish(sourceSamples given: UInt64?) throws {
        guard !isFinished else { return }
        let count = try settings.sourceSamples(given, pushed: encoder.samplesIn)
        try encoder.finish()
        sourceSamples = count
        isFinished = true
    }

    /// The packet that is next, which stays until `dropPacket`; nil = none yet.
    func nextPacket() throws -> Packet? {
        switch output {
        case .stream: throw Failure(NWC_ERROR_STATE, "a stream was begun; packets are inside it")
        case .packets(let next?): return next
        case .none, .packets(next: nil):
            let next = encoder.pull()
            output = .packets(next: next)
            return next
        }
    }

    func dropPacket() { output = .packets(next: nil) }

    /// Copies bytes of the stream that are ready.
    /// - Returns: how many
    func pullStream(_ target: UnsafeMutableRawBufferPointer) throws -> Int {
        var stream: StreamBytes
        switch output {
        case .packets: throw Failure(NWC_ERROR_STATE, "packets were pulled; they are the output")
        case .stream(let begun): stream = begun
        case .none: stream = StreamBytes(writer: BitstreamWriter(header), bytes: header.bytes)
        }
        // Out of the way, so that its bytes are not copied when they change.
        output = .none
        defer { output = .stream(stream) }
        if stream.position == stream.bytes.count {
            stream.bytes.removeAll(keepingCapacity: true)
            stream.position = 0
        }
        while stream.bytes.count - stream.position < target.count, let packet = encoder.pull() {
            stream.bytes += try stream.writer.packet(packet)
        }
        if isFinished, !stream.hasEnd, stream.bytes.count - stream.position < target.count {
            stream.bytes += try stream.writer.end(sampleCount: sourceSamples)
            stream.hasEnd = true
        }
        let count = min(stream.bytes.count - stream.position, target.count)
        target.copyBytes(from: stream.bytes[stream.position..<stream.position + count])
        stream.position += count
        return count
    }

    var statistics: nwc_encoder_statistics {
        var result = nwc_encoder_statistics()
        result.samples = UInt64(clamping: encoder.samplesIn)
        result.limited_samples = UInt64(clamping: encoder.limitedSamples)
        result.symbol_checksum = encoder.symbolChecksum
        return result
    }

    /// Samples of a caller, as the codec takes them.
    func planes<T>(
        _ samples: UnsafePointer<T>?, _ frames: Int, _ layout: SampleLayout,
        _ value: (T) -> Float
    ) throws -> Planes {
        try CLibrary.planes(
            samples, frames, layout, channels: settings.configuration.channels, value)
    }
}

/// Samples, one array per channel.
typealias Planes = [[Float]]

/// - Parameters:
///   - samples: of all channels; may be NULL where there are none
///   - value: the sample that a value means
func planes<T>(
    _ samples: UnsafePointer<T>?, _ frames: Int, _ layout: SampleLayout, channels: Int,
    _ value: (T) -> Float
) throws -> Planes {
    guard frames != 0 else { return Array(repeating: [], count: channels) }
    let start = try required(samples, "samples")
    let size = try layout.bufferSize(frames: frames, channels: channels)
    return try layout.separated(
        UnsafeBufferPointer(start: start, count: size), frames: frames, channels: channels, value)
}
