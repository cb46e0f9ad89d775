import CMRLCodec
import CNWC

@c @implementation
public func nwc_decoder_create(
    _ model: OpaquePointer?, _ header: UnsafeRawPointer?, _ headerCount: Int,
    _ options: UnsafePointer<nwc_decoder_options>?,
    _ decoder: UnsafeMutablePointer<OpaquePointer?>?, _ detail: UnsafeMutablePointer<nwc_detail>?
) -> Int32 {
    decoder?.pointee = nil
    return status(detail) {
        let decoder = try required(decoder, "decoder")
        let model = try ModelHandle.of(model, "model").model
        let settings = try DecoderSettings(options)
        let bytes = try region(header, headerCount, "header")
        let header = header == nil ? nil : try StreamHeader(beginning: bytes)
        decoder.pointee = try DecoderHandle(model, header, settings).pointer
    }
}

@c @implementation
public func nwc_decoder_free(_ decoder: OpaquePointer?) { DecoderHandle.free(decoder) }

@c @implementation
public func nwc_decoder_reset(_ decoder: OpaquePointer?) -> Int32 {
    DecoderHandle.call(decoder, "decoder") { try $0.reset() }
}

@c @implementation
public func nwc_decoder_push_packet(
    _ decoder: OpaquePointer?, _ packet: UnsafeRawPointer?, _ count: Int
) -> Int32 {
    DecoderHandle.call(decoder, "decoder") {
        let bytes = try region(packet, count, "packet")
        try $0.push(packet == nil ? nil : Array(bytes))
    }
}

@c @implementation
public func nwc_decoder_conceal(_ decoder: OpaquePointer?, _ blocks: UInt32) -> Int32 {
    DecoderHandle.call(decoder, "decoder") { try $0.conceal(blocks: blocks) }
}

@c @implementation
public func nwc_decoder_push_stream(
    _ decoder: OpaquePointer?, _ bytes: UnsafeRawPointer?, _ count: Int
) -> Int32 {
    DecoderHandle.call(decoder, "decoder") {
        try $0.pushStream(region(bytes, count, "bytes"))
    }
}

@c @implementation
public func nwc_decoder_finish(_ decoder: OpaquePointer?, _ samples: UInt64) -> Int32 {
    DecoderHandle.call(decoder, "decoder") {
        try $0.finish(samples: samples == .max ? nil : samples)
    }
}

@c @implementation
public func nwc_decoder_pull_float(
    _ decoder: OpaquePointer?, _ samples: UnsafeMutablePointer<Float>?, _ frames: Int,
    _ frameStride: Int, _ channelStride: Int, _ taken: UnsafeMutablePointer<Int>?
) -> Int32 {
    pull(decoder, samples, frames, frameStride, channelStride, taken) { decoder, buffer, layout in
        try decoder.pull(into: buffer, frames: frames, layout: layout)
    }
}

@c @implementation
public func nwc_decoder_pull_int16(
    _ decoder: OpaquePointer?, _ samples: UnsafeMutablePointer<Int16>?, _ frames: Int,
    _ frameStride: Int, _ channelStride: Int, _ taken: UnsafeMutablePointer<Int>?
) -> Int32 {
    pull(decoder, samples, frames, frameStride, channelStride, taken) { decoder, buffer, layout in
        try decoder.pull(into: buffer, frames: frames, layout: layout)
    }
}

private func pull<T>(
    _ decoder: OpaquePointer?, _ samples: UnsafeMutablePointer<T>?, _ frames: Int,
    _ frameStride: Int, _ channelStride: Int, _ taken: UnsafeMutablePointer<Int>?,
    _ take: (CodecDecoder, UnsafeMutableBufferPointer<T>, SampleLayout) throws -> Int
) -> Int32 {
    taken?.pointee = 0
    return DecoderHandle.call(decoder, "decoder") {
        let taken = try required(taken, "taken")
        guard frames != 0, let decoder = $0.readyDecoder else { return }
        let start = try required(samples, "samples")
        let layout = SampleLayout(frameStride: frameStride, channelStride: channelStride)
        let size = try layout.bufferSize(frames: frames, channels: decoder.header.channelCount)
        taken.pointee = try take(
            decoder, UnsafeMutableBufferPointer(start: start, count: size), layout)
    }
}

@c @implementation
public func nwc_decoder_get_statistics(
    _ decoder: OpaquePointer?, _ statistics: UnsafeMutablePointer<nwc_decoder_statistics>?
) -> Int32 {
    DecoderHandle.call(decoder, "decoder") {
        try $0.statistics.write(to: required(statistics, "statistics"))
    }
}

@c @implementation
public func nwc_decoder_get_info(
    _ decoder: OpaquePointer?, _ info: UnsafeMutablePointer<nwc_stream_info>?
) -> Int32 {
    DecoderHandle.call(decoder, "decoder") {
        try nwc_stream_info($0.decoder().header).write(to: required(info, "info"))
    }
}

@c @implementation
public func nwc_decoder_detail(_ decoder: OpaquePointer?) -> UnsafePointer<CChar>? {
    DecoderHandle.detail(decoder, "decoder")
}
