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

    /// Values of a buffer in which all samples lie; `Int.max` = more than any buffer has.
    /// - Throws: `CodecError.sampleLayout`
    package func bufferSize(frames: Int, channels: Int) throws(CodecError) -> Int {
        guard frameStride >= 1, channelStride >= 1, frames >= 0 else {
            throw .sampleLayout(self, frames: frames)
        }
        guard frames > 0, channels > 0 else { return 0 }
        let inChannel = (frames - 1).multipliedReportingOverflow(by: frameStride)
        let inFrame = (channels - 1).multipliedReportingOverflow(by: channelStride)
        let last = inChannel.partialValue.addingReportingOverflow(inFrame.partialValue)
        let isTooLong = inChannel.overflow || inFrame.overflow || last.overflow
        return isTooLong || last.partialValue == .max ? .max : last.partialValue + 1
    }

    /// Whether all samples lie in a buffer.
    /// - Throws: `CodecError.sampleLayout`, `.bufferSize`
    @usableFromInline
    package func check(frames: Int, channels: Int, bufferSize size: Int) throws(CodecError) {
        let needed = try bufferSize(frames: frames, channels: channels)
        guard needed <= size, needed < .max else { throw .bufferSize(size, needed: needed) }
    }

    // Inlinable: a function value called for each sample of another module is slow, and types that
    // are looked up for each are much slower.

    /// Samples from a buffer, one array per channel.
    /// - Parameters:
    ///   - frames: samples per channel; all of them in the buffer
    ///   - value: the sample that a value of the buffer means
    /// - Throws: `CodecError.sampleLayout`, `.bufferSize`
    @inlinable
    package func separated<T>(
        _ buffer: UnsafeBufferPointer<T>, frames: Int, channels: Int, _ value: (T) -> Float
    ) throws(CodecError) -> [[Float]] {
        try check(frames: frames, channels: channels, bufferSize: buffer.count)
        return values(buffer, frames: frames, channels: channels, value)
    }

    /// The same of a buffer that has all samples.
    @inlinable
    package func values<T>(
        _ buffer: UnsafeBufferPointer<T>, frames: Int, channels: Int, _ value: (T) -> Float
    ) -> [[Float]] {
        (0..<channels).map { channel in
            [Float](unsafeUninitializedCapacity: frames) { samples, count in
                for t in 0..<frames {
                    samples[t] = value(buffer[t * frameStride + channel * channelStride])
                }
                count = frames
            }
        }
    }

    /// Puts samples into a buffer that has a place for all of them.
    @inlinable
    package func place<T>(
        _ planes: [some Collection<Float>], in buffer: UnsafeMutableBufferPointer<T>,
        _ value: (Float) -> T
    ) {
        for (channel, plane) in planes.enumerated() {
            for (t, sample) in plane.enumerated() {
                buffer[t * frameStride + channel * channelStride] = value(sample)
            }
        }
    }

    /// A sample in 16 bits; 1 is 32768, rounded to nearest and limited.
    package static func pcm(_ x: Float) -> Int16 {
        Int16(max(-32768, min(32767, (x * 32768).rounded(.toNearestOrEven))))
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
        let layout = SampleLayout.interleaved(channels: channels)
        try push(
            samples.withUnsafeBufferPointer { buffer in
                layout.values(buffer, frames: frames, channels: channels, value)
            })
    }

    private func push<T>(
        _ buffer: UnsafeBufferPointer<T>, frames: Int, layout: SampleLayout, _ value: (T) -> Float
    ) throws(CodecError) {
        try push(
            layout.separated(buffer, frames: frames, channels: configuration.channels, value))
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
        try pull(into: buffer, frames: frames, layout: layout, SampleLayout.pcm)
    }

    /// The samples that are ready, 16 bits each, all channels side by side; nil if there are none.
    public func pullInterleaved() -> [Int16]? {
        guard let planes = pull(), let count = planes.first?.count else { return nil }
        return (0..<count).flatMap { t in planes.map { SampleLayout.pcm($0[t]) } }
    }

    private func pull<T>(
        into buffer: UnsafeMutableBufferPointer<T>, frames: Int, layout: SampleLayout,
        _ value: (Float) -> T
    ) throws(CodecError) -> Int {
        let channels = header.channelCount
        try layout.check(frames: frames, channels: channels, bufferSize: buffer.count)
        guard let planes = pull(atMost: frames) else { return 0 }
        layout.place(planes, in: buffer, value)
        return planes.first?.count ?? 0
    }
}
