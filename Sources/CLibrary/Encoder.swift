import CMRLCodec
import CNWC

@c @implementation
public func nwc_encoder_create(
    _ model: OpaquePointer?, _ options: UnsafePointer<nwc_encoder_options>?,
    _ encoder: UnsafeMutablePointer<OpaquePointer?>?, _ detail: UnsafeMutablePointer<nwc_detail>?
) -> Int32 {
    encoder?.pointee = nil
    return status(detail) {
        let encoder = try required(encoder, "encoder")
        let model = try ModelHandle.of(model, "model").model
        let settings = try EncoderSettings(options, model: model)
        encoder.pointee = try EncoderHandle(model, settings).pointer
    }
}

@c @implementation
public func nwc_encoder_free(_ encoder: OpaquePointer?) { EncoderHandle.free(encoder) }

@c @implementation
public func nwc_encoder_reset(_ encoder: OpaquePointer?) -> Int32 {
    EncoderHandle.call(encoder, "encoder") { try $0.reset() }
}

@c @implementation
public func nwc_encoder_push_float(
    _ encoder: OpaquePointer?, _ samples: UnsafePointer<Float>?, _ frames: Int,
    _ frameStride: Int, _ channelStride: Int
) -> Int32 {
    push(encoder, samples, frames, frameStride, channelStride) { $0 }
}

@c @implementation
public func nwc_encoder_push_int16(
    _ encoder: OpaquePointer?, _ samples: UnsafePointer<Int16>?, _ frames: Int,
    _ frameStride: Int, _ channelStride: Int
) -> Int32 {
    push(encoder, samples, frames, frameStride, channelStride) { Float($0) / 32768 }
}

private func push<T>(
    _ encoder: OpaquePointer?, _ samples: UnsafePointer<T>?, _ frames: Int,
    _ frameStride: Int, _ channelStride: Int, _ float: (T) -> Float
) -> Int32 {
    EncoderHandle.call(encoder, "encoder") {
        let layout = SampleLayout(frameStride: frameStride, channelStride: channelStride)
        try $0.push($0.planes(samples, frames, layout, float))
    }
}

@c @implementation
public func nwc_encoder_finish(_ encoder: OpaquePointer?, _ sourceSamples: UInt64) -> Int32 {
    EncoderHandle.call(encoder, "encoder") {
        try $0.finish(sourceSamples: sourceSamples == .max ? nil : sourceSamples)
    }
}

@c @implementation
public func nwc_encoder_header(
    _ encoder: OpaquePointer?, _ bytes: UnsafeMutableRawPointer?, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?
) -> Int32 {
    count?.pointee = 0
    return EncoderHandle.call(encoder, "encoder") {
        try deliver($0.header.bytes, bytes, capacity, required(count, "count"))
    }
}

@c @implementation
public func nwc_encoder_pull_packet(
    _ encoder: OpaquePointer?, _ bytes: UnsafeMutableRawPointer?, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?, _ info: UnsafeMutablePointer<nwc_packet_info>?
) -> Int32 {
    count?.pointee = 0
    return EncoderHandle.call(encoder, "encoder") {
        let count = try required(count, "count")
        try nwc_packet_info.check(info)
        guard let packet = try $0.nextPacket() else {
            return try nwc_packet_info().write(to: info)
        }
        try nwc_packet_info(packet, $0.header).write(to: info)
        try deliver(packet.body(header: $0.header), bytes, capacity, count)
        $0.dropPacket()
    }
}

@c @implementation
public func nwc_encoder_pull_stream(
    _ encoder: OpaquePointer?, _ bytes: UnsafeMutableRawPointer?, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?
) -> Int32 {
    count?.pointee = 0
    return EncoderHandle.call(encoder, "encoder") {
        let count = try required(count, "count")
        let target = try region(bytes, capacity, "bytes")
        count.pointee = try $0.pullStream(UnsafeMutableRawBufferPointer(mutating: target))
    }
}

@c @implementation
public func nwc_encoder_get_statistics(
    _ encoder: OpaquePointer?, _ statistics: UnsafeMutablePointer<nwc_encoder_statistics>?
) -> Int32 {
    EncoderHandle.call(encoder, "encoder") {
        try $0.statistics.write(to: required(statistics, "statistics"))
    }
}

@c @implementation
public func nwc_encoder_detail(_ encoder: OpaquePointer?) -> UnsafePointer<CChar>? {
    EncoderHandle.detail(encoder, "encoder")
}
