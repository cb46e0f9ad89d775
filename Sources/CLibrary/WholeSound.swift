import CMRLCodec
import CNWC

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory that callers free with `nwc_free`.
enum CallerMemory {
    /// Memory also for nothing.
    /// - Throws: `Failure` where it is exhausted
    static func allocate<T>(_ type: T.Type, count: Int) throws -> UnsafeMutablePointer<T> {
        let size = max(count, 1) * MemoryLayout<T>.stride
        guard let memory = malloc(size) else {
            throw Failure(NWC_ERROR_ARGUMENT, "no memory for \(size) bytes")
        }
        return memory.bindMemory(to: type, capacity: max(count, 1))
    }

    static func copy(_ bytes: [UInt8]) throws -> UnsafeMutablePointer<UInt8> {
        let copy = try allocate(UInt8.self, count: bytes.count)
        copy.initialize(from: bytes, count: bytes.count)
        return copy
    }
}

@c @implementation
public func nwc_free(_ memory: UnsafeMutableRawPointer?) { free(memory) }

@c @implementation
public func nwc_encode(
    _ model: OpaquePointer?, _ options: UnsafePointer<nwc_encoder_options>?,
    _ samples: UnsafePointer<Float>?, _ frames: Int, _ frameStride: Int, _ channelStride: Int,
    _ sourceSamples: UInt64, _ bytes: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?,
    _ count: UnsafeMutablePointer<Int>?, _ detail: UnsafeMutablePointer<nwc_detail>?
) -> Int32 {
    bytes?.pointee = nil
    count?.pointee = 0
    return status(detail) {
        let bytes = try required(bytes, "bytes")
        let count = try required(count, "count")
        let model = try ModelHandle.of(model, "model").model
        let settings = try EncoderSettings(options, model: model)
        let layout = SampleLayout(frameStride: frameStride, channelStride: channelStride)
        let planes = try planes(
            samples, frames, layout, channels: settings.configuration.channels
        ) { $0 }
        let length = try settings.sourceSamples(
            sourceSamples == .max ? nil : sourceSamples, pushed: frames)
        let stream = try model.encode(
            planes, configuration: settings.configuration,
            source: (settings.sourceRate, length))
        bytes.pointee = try CallerMemory.copy(stream)
        count.pointee = stream.count
    }
}

@c @implementation
public func nwc_decode(
    _ model: OpaquePointer?, _ options: UnsafePointer<nwc_decoder_options>?,
    _ bytes: UnsafeRawPointer?, _ count: Int,
    _ samples: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>?,
    _ frames: UnsafeMutablePointer<Int>?, _ info: UnsafeMutablePointer<nwc_stream_info>?,
    _ detail: UnsafeMutablePointer<nwc_detail>?
) -> Int32 {
    samples?.pointee = nil
    frames?.pointee = 0
    return status(detail) {
        let samples = try required(samples, "samples")
        let frames = try required(frames, "frames")
        try nwc_stream_info.check(info)
        let model = try ModelHandle.of(model, "model").model
        let source = try region(bytes, count, "bytes")
        let stream = try DecoderSettings(options).streamDecoder(model)
        try stream.push(source)
        try stream.finish()
        guard let decoder = stream.decoder else {
            throw BitstreamError.truncated(missing: 1, offset: 0)
        }
        let channels = decoder.header.channelCount
        let length = decoder.availableSamples
        if info != nil { try nwc_stream_info(stream: source).write(to: info) }
        let sound = try CallerMemory.allocate(Float.self, count: length * channels)
        // It is the caller's from here on.
        samples.pointee = sound
        let taken = try decoder.pull(
            into: UnsafeMutableBufferPointer(start: sound, count: length * channels),
            frames: length, layout: .interleaved(channels: channels))
        frames.pointee = taken
    }
}

@c @implementation
public func nwc_simulate(
    _ model: OpaquePointer?, _ options: UnsafePointer<nwc_encoder_options>?,
    _ samples: UnsafePointer<Float>?, _ frames: Int, _ frameStride: Int, _ channelStride: Int,
    _ lost: UnsafePointer<UInt8>?, _ lostCount: Int, _ result: UnsafeMutablePointer<Float>?,
    _ resultFrameStride: Int, _ resultChannelStride: Int,
    _ detail: UnsafeMutablePointer<nwc_detail>?
) -> Int32 {
    status(detail) {
        let model = try ModelHandle.of(model, "model").model
        let configuration = try EncoderSettings(options, model: model).configuration
        let layout = SampleLayout(frameStride: frameStride, channelStride: channelStride)
        let planes = try planes(samples, frames, layout, channels: configuration.channels) { $0 }
        let losses = try region(lost, lostCount, "lost")
        let target = SampleLayout(
            frameStride: resultFrameStride, channelStride: resultChannelStride)
        let size = try target.bufferSize(frames: frames, channels: configuration.channels)
        try target.check(frames: frames, channels: configuration.channels, bufferSize: size)
        guard frames != 0 else { return }
        let result = try required(result, "result")
        let sound = try model.simulate(planes, configuration: configuration) {
            $0 < losses.count && losses[$0] != 0
        }
        target.place(sound, in: UnsafeMutableBufferPointer(start: result, count: size)) { $0 }
    }
}
