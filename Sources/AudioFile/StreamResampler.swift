import CSoxr

/// Changes the sampling rate of a stream with libsoxr's high quality (linear phase, 20 bits, pass
/// band to 0.913 of the lower Nyquist frequency). The delay of the filter is compensated: output
/// frame 0 lies at the time of input frame 0. The output does not depend on how the input is cut
/// into pieces. Equal rates pass through untouched.
public final class StreamResampler {
    /// Rates that are accepted on either side, in Hz.
    public static let supportedRates = 1_000...768_000

    public let sourceRate: Int
    public let targetRate: Int
    public let channels: Int
    /// Frames taken so far.
    public private(set) var framesIn = 0
    /// Frames delivered so far.
    public private(set) var framesOut = 0

    private let handles: [Handle]
    private var scratch: [Float] = []

    /// - Throws: `AudioFileError.unsupportedResampling` outside `supportedRates` or without
    ///   channels.
    public init(from sourceRate: Int, to targetRate: Int, channels: Int) throws(AudioFileError) {
        guard Self.supportedRates.contains(sourceRate), Self.supportedRates.contains(targetRate),
            (1...AudioLimits.channels).contains(channels)
        else { throw .unsupportedResampling(from: sourceRate, to: targetRate, channels: channels) }
        self.sourceRate = sourceRate
        self.targetRate = targetRate
        self.channels = channels
        var handles: [Handle] = []
        if sourceRate != targetRate {
            for _ in 0..<channels { handles.append(try Handle(from: sourceRate, to: targetRate)) }
        }
        self.handles = handles
    }

    /// Resamples a piece of the stream.
    /// - Parameter input: one array a channel, all of the same length, of any length.
    /// - Returns: the frames that have become final, one array a channel.
    public func process(_ input: [[Float]]) throws(AudioFileError) -> [[Float]] {
        guard input.count == channels, let count = input.first?.count,
            input.allSatisfy({ $0.count == count })
        else {
            throw .channelMismatch(expected: channels, given: input.count)
        }
        framesIn += count
        guard !handles.isEmpty else {
            framesOut += count
            return input
        }
        let output = try run(input)
        framesOut += output.first?.count ?? 0
        return output
    }

    /// Ends the stream: the rest of the output, so that exactly `frames` frames (default:
    /// `ResampledLength` of the input) have been delivered over all calls. Beyond the end the input
    /// counts as silence.
    /// - Parameter frames: total number of output frames wanted; what was already delivered is not
    ///   taken back.
    public func finish(totalFrames frames: Int? = nil) throws(AudioFileError) -> [[Float]] {
        let wanted = max(
            0,
            (frames ?? ResampledLength.frames(for: framesIn, from: sourceRate, to: targetRate))
                - framesOut)
        var output = [[Float]](repeating: [], count: channels)
        if handles.isEmpty {
            output = [[Float]](repeating: [Float](repeating: 0, count: wanted), count: channels)
        } else {
            let silence = [[Float]](repeating: [Float](repeating: 0, count: 1024), count: channels)
            while (output.first?.count ?? wanted) < wanted {
                for (channel, samples) in try run(silence).enumerated() {
                    output[channel] += samples
                }
            }
            for channel in 0..<channels {
                output[channel].removeLast(output[channel].count - wanted)
            }
        }
        framesOut += wanted
        return output
    }

    private func run(_ input: [[Float]]) throws(AudioFileError) -> [[Float]] {
        var output: [[Float]] = []
        for (handle, samples) in zip(handles, input) {
            output.append(try handle.process(samples, scratch: &scratch))
        }
        return output
    }

    /// One channel's resampler.
    private final class Handle {
        private let pointer: soxr_t
        private let ratio: Double

        init(from source: Int, to target: Int) throws(AudioFileError) {
            var failure: soxr_error_t?
            var io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I)
            var quality = soxr_quality_spec(UInt(SOXR_20_BITQ), 0)
            var runtime = soxr_runtime_spec(1)
            guard
                let pointer = soxr_create(
                    Double(source), Double(target), 1, &failure, &io, &quality, &runtime),
                failure == nil
            else {
                throw .resamplerFailed(
                    reason: failure.map { String(cString: $0) } ?? "out of memory")
            }
            self.pointer = pointer
            ratio = Double(target) / Double(source)
        }

        deinit {
            soxr_delete(pointer)
        }

        /// Gives all of `input` to the resampler and takes everything that comes out.
        func process(_ input: [Float], scratch: inout [Float]) throws(AudioFileError) -> [Float] {
            var output: [Float] = []
            output.reserveCapacity(Int(Double(input.count) * ratio) + 64)
            let room = max(1024, Int(4096 * ratio))
            if scratch.count < room { scratch = [Float](repeating: 0, count: room) }
            var position = 0
            while true {
                var used = 0
                var made = 0
                let failure = input.withUnsafeBufferPointer { samples in
                    scratch.withUnsafeMutableBufferPointer { space in
                        // An empty array may have no address, and soxr takes NULL for the end of
                        // the stream.
                        let left = samples.count - position
                        guard left > 0, let base = samples.baseAddress else {
                            var nothing: Float = 0
                            return soxr_process(
                                pointer, &nothing, 0, &used, space.baseAddress, space.count, &made)
                        }
                        return soxr_process(
                            pointer, base + position, left, &used, space.baseAddress, space.count,
                            &made)
                    }
                }
                if let failure { throw .resamplerFailed(reason: String(cString: failure)) }
                output.append(contentsOf: scratch[..<made])
                position += used
                if position >= input.count, made < scratch.count { return output }
                if used == 0, made == 0 { throw .resamplerFailed(reason: "no progress") }
            }
        }
    }
}
