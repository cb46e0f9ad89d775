import CMRLCodec
import CNWC

@c @implementation
public func nwc_denoiser_create(
    _ bytes: UnsafeRawPointer?, _ count: Int, _ options: UnsafePointer<nwc_denoiser_options>?,
    _ denoiser: UnsafeMutablePointer<OpaquePointer?>?, _ detail: UnsafeMutablePointer<nwc_detail>?
) -> Int32 {
    denoiser?.pointee = nil
    return status(detail) {
        let denoiser = try required(denoiser, "denoiser")
        let file = try region(bytes, count, "bytes")
        guard bytes == nil || !file.isEmpty else {
            throw Failure(NWC_ERROR_MODEL, "a file of 0 bytes")
        }
        denoiser.pointee = try DenoiserHandle(file, options).pointer
    }
}

@c @implementation
public func nwc_denoiser_free(_ denoiser: OpaquePointer?) { DenoiserHandle.free(denoiser) }

@c @implementation
public func nwc_denoiser_reset(_ denoiser: OpaquePointer?) -> Int32 {
    DenoiserHandle.call(denoiser, "denoiser") { $0.reset() }
}

@c @implementation
public func nwc_denoiser_push_float(
    _ denoiser: OpaquePointer?, _ samples: UnsafePointer<Float>?, _ frames: Int,
    _ frameStride: Int, _ channelStride: Int
) -> Int32 {
    DenoiserHandle.call(denoiser, "denoiser") {
        let layout = SampleLayout(frameStride: frameStride, channelStride: channelStride)
        try $0.push(samples, frames, layout) { $0 }
    }
}

@c @implementation
public func nwc_denoiser_push_int16(
    _ denoiser: OpaquePointer?, _ samples: UnsafePointer<Int16>?, _ frames: Int,
    _ frameStride: Int, _ channelStride: Int
) -> Int32 {
    DenoiserHandle.call(denoiser, "denoiser") {
        let layout = SampleLayout(frameStride: frameStride, channelStride: channelStride)
        try $0.push(samples, frames, layout) { Float($0) / 32768 }
    }
}

@c @implementation
public func nwc_denoiser_finish(_ denoiser: OpaquePointer?) -> Int32 {
    DenoiserHandle.call(denoiser, "denoiser") { $0.finish() }
}

@c @implementation
public func nwc_denoiser_pull_float(
    _ denoiser: OpaquePointer?, _ samples: UnsafeMutablePointer<Float>?, _ frames: Int,
    _ frameStride: Int, _ channelStride: Int, _ taken: UnsafeMutablePointer<Int>?
) -> Int32 {
    pull(denoiser, samples, frames, frameStride, channelStride, taken) { $0 }
}

@c @implementation
public func nwc_denoiser_pull_int16(
    _ denoiser: OpaquePointer?, _ samples: UnsafeMutablePointer<Int16>?, _ frames: Int,
    _ frameStride: Int, _ channelStride: Int, _ taken: UnsafeMutablePointer<Int>?
) -> Int32 {
    pull(denoiser, samples, frames, frameStride, channelStride, taken, SampleLayout.pcm)
}

private func pull<T>(
    _ denoiser: OpaquePointer?, _ samples: UnsafeMutablePointer<T>?, _ frames: Int,
    _ frameStride: Int, _ channelStride: Int, _ taken: UnsafeMutablePointer<Int>?,
    _ value: (Float) -> T
) -> Int32 {
    taken?.pointee = 0
    return DenoiserHandle.call(denoiser, "denoiser") {
        let taken = try required(taken, "taken")
        let layout = SampleLayout(frameStride: frameStride, channelStride: channelStride)
        taken.pointee = try $0.pull(samples, frames, layout, value)
    }
}

@c @implementation
public func nwc_denoiser_get_info(
    _ denoiser: OpaquePointer?, _ info: UnsafeMutablePointer<nwc_denoiser_info>?
) -> Int32 {
    DenoiserHandle.call(denoiser, "denoiser") { try $0.info.write(to: required(info, "info")) }
}

@c @implementation
public func nwc_denoiser_detail(_ denoiser: OpaquePointer?) -> UnsafePointer<CChar>? {
    DenoiserHandle.detail(denoiser, "denoiser")
}
