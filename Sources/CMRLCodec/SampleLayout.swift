/// Where samples lie in a buffer: sample t of channel c at t `frameStride` + c `channelStride`.
public struct SampleLayout: Sendable, Equatable {
    /// Values from a sample to the next of the same channel, at least 1.
    public var frameStride: Int
    /// Values from a sample to that of the next channel, at least 1.
    public var channelStride: Int

    public init(frameStride: Int, channelStride: Int) {
        self.frameStride = frameStride
        self.channelStride = channelStride
    }

    /// The samples of all channels of a moment side by side.
    public static func interleaved(channels: Int) -> SampleLayout {
        SampleLayout(frameStride: channels, channelStride: 1)
    }

    /// Channel after channel, each of so many samples.
    public static func planar(frames: Int) -> SampleLayout {
        SampleLayout(frameStride: 1, channelStride: max(frames, 1))
    }

    /// Whether all samples lie in a buffer.
    /// - Throws: `CodecError.sampleLayout`, `.bufferSize`
    func check(frames: Int, channels: Int, bufferSize: Int) throws(CodecError) {
        guard frameStride >= 1, channelStride >= 1, frames >= 0 else {
            throw .sampleLayout(self, frames: frames)
        }
        guard frames > 0, channels > 0 else { return }
        let inChannel = (frames - 1).multipliedReportingOverflow(by: frameStride)
        let inFrame = (channels - 1).multipliedReportingOverflow(by: channelStride)
        let last = inChannel.partialValue.addingReportingOverflow(inFrame.partialValue)
        guard !inChannel.overflow, !inFrame.overflow, !last.overflow, last.partialValue < bufferSize
        else {
            let isTooLong =
                inChannel.overflow || inFrame.overflow || last.overflow
                || last.partialValue == .max
            throw .bufferSize(
                bufferSize, needed: isTooLong ? .max : last.partialValue + 1)
        }
    }
}

extension CodecEncoder {
    /// Adds samples from a buffer, in [-1, 1] as for `push(_:)`.
    /// - Parameters:
    ///   - frames: samples per channel
    ///   - layout: where they lie; all of them in the buffer
    /// - Throws: `CodecError.sampleLayout`, `.bufferSize` and what `push(_:)` throws
    public func push(_ buffer: UnsafeBufferPointer<Float>, frames: Int, layout: SampleLayout)
        throws(CodecError)
    { try push(buffer, frames: frames, layout: layout) { $0 } }

    /// Adds 16-bit samples from a buffer; -32768 is -1.
    /// - Parameters:
    ///   - frames: samples per channel
    ///   - layout: where they lie; all of them in the buffer
    /// - Throws: `CodecError.sampleLayout`, `.bufferSize` and what `push(_:)` throws
    public func push(_ buffer: UnsafeBufferPointer<Int16>, frames: Int, layout: SampleLayout)
        throws(CodecError)
    { try push(buffer, frames: frames, layout: layout) { Float($0) / 32768 } }

    /// Adds samples of all channels side by side, in [-1, 1] as for `push(_:)`.
    /// - Throws: `CodecError.incompleteFrame` and what `push(_:)` throws
    public func push(interleaved samples: [Float]) throws(CodecError) {
        try push(interleaved: samples) { $0 }
    }

    /// Adds 16-bit samples of all channels side by side; -32768 is -1.
    /// - Throws: `CodecError.incompleteFrame` and what `push(_:)` throws
    public func push(interleaved samples: [Int16]) throws(CodecError) {
        try push(interleaved: samples) { Float($0) / 32768 }
    }

    private func push<T>(interleaved samples: [T], _ value: (T) -> Float) throws(CodecError) {
        let channels = configuration.channels
        guard samples.count % channels == 0 else {
            throw .incompleteFrame(samples: samples.count, channels: channels)
        }
        let frames = samples.count / channels
        try push(
            samples.withUnsafeBufferPointer { buffer in
                separated(buffer, frames, .interleaved(channels: channels), value)
            })
    }

    private func push<T>(
        _ buffer: UnsafeBufferPointer<T>, frames: Int, layout: SampleLayout, _ value: (T) -> Float
    ) throws(CodecError) {
        let channels = configuration.channels
        try layout.check(frames: frames, channels: channels, bufferSize: buffer.count)
        try push(separated(buffer, frames, layout, value))
    }

    private func separated<T>(
        _ buffer: UnsafeBufferPointer<T>, _ frames: Int, _ layout: SampleLayout,
        _ value: (T) -> Float
    ) -> [[Float]] {
        (0..<configuration.channels).map { channel in
            (0..<frames).map {
                value(buffer[$0 * layout.frameStride + channel * layout.channelStride])
            }
        }
    }
}

extension CodecDecoder {
    /// Takes up to `frames` of the samples that are ready into a buffer.
    /// - Parameters:
    ///   - frames: most samples per channel to take
    ///   - layout: where they go; all of `frames` in the buffer
    /// - Returns: samples per channel that were taken; 0 where none are ready
    /// - Throws: `CodecError.sampleLayout`, `.bufferSize`; nothing is taken then
    public func pull(
        into buffer: UnsafeMutableBufferPointer<Float>, frames: Int, layout: SampleLayout
    ) throws(CodecError) -> Int {
        try pull(into: buffer, frames: frames, layout: layout) { $0 }
    }

    /// Takes up to `frames` of the samples that are ready into a buffer of 16-bit samples; 1 is
    /// 32768, rounded to nearest and limited to what 16 bits hold.
    /// - Parameters:
    ///   - frames: most samples per channel to take
    ///   - layout: where they go; all of `frames` in the buffer
    /// - Returns: samples per channel that were taken; 0 where none are ready
    /// - Throws: `CodecError.sampleLayout`, `.bufferSize`; nothing is taken then
    public func pull(
        into buffer: UnsafeMutableBufferPointer<Int16>, frames: Int, layout: SampleLayout
    ) throws(CodecError) -> Int {
        try pull(into: buffer, frames: frames, layout: layout, Self.pcm)
    }

    /// The samples that are ready, 16 bits each, all channels side by side; nil if there are none.
    public func pullInterleaved() -> [Int16]? {
        guard let planes = pull(), let count = planes.first?.count else { return nil }
        return (0..<count).flatMap { t in planes.map { Self.pcm($0[t]) } }
    }

    private static func pcm(_ x: Float) -> Int16 {
        Int16(max(-32768, min(32767, (x * 32768).rounded(.toNearestOrEven))))
    }

    private func pull<T>(
        into buffer: UnsafeMutableBufferPointer<T>, frames: Int, layout: SampleLayout,
        _ value: (Float) -> T
    ) throws(CodecError) -> Int {
        let channels = header.channelCount
        try layout.check(frames: frames, channels: channels, bufferSize: buffer.count)
        guard let planes = pull(atMost: frames) else { return 0 }
        for (channel, plane) in planes.enumerated() {
            for (t, sample) in plane.enumerated() {
                buffer[t * layout.frameStride + channel * layout.channelStride] = value(sample)
            }
        }
        return planes.first?.count ?? 0
    }
}
