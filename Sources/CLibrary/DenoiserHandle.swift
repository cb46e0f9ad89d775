import BuiltInDenoiser
import CMRLCodec
import CNWC
import Enhancement

/// A denoiser of the header: a stream for each channel, and what came out of them.
final class DenoiserHandle: Handle {
    let detail = DetailText()
    private let denoiser: Denoiser
    private let channels: Int
    private let strength: Float
    private var streams: [DenoiserStream]
    /// Samples that are ready, from `position` on.
    private var ready: Planes
    private var position = 0
    private var framesOut = 0
    private var isFinished = false

    /// Shared by all; never freed. It cannot fail in a library that was tested.
    private static let builtIn = Result { try Denoiser.builtIn() }

    /// - Parameter bytes: of a denoiser's file; empty = the built-in one
    init(
        _ bytes: UnsafeRawBufferPointer, _ options: UnsafePointer<nwc_denoiser_options>?
    ) throws {
        let options = try nwc_denoiser_options(reading: options)
        let channels = options.channels == 0 ? 1 : options.channels
        guard (1...255).contains(channels) else {
            throw Failure(NWC_ERROR_ARGUMENT, "\(channels) channels; possible are 1 to 255")
        }
        guard options.reserved == 0 else {
            throw Failure(NWC_ERROR_ARGUMENT, "reserved is \(options.reserved), not 0")
        }
        guard (0.0...1.0).contains(options.kept) else {
            throw Failure(NWC_ERROR_ARGUMENT, "kept is \(options.kept); possible are 0 to 1")
        }
        denoiser = bytes.isEmpty ? try Self.builtIn.get() : try Denoiser(bytes: Array(bytes))
        self.channels = Int(channels)
        strength = Float(1 - options.kept)
        streams = []
        ready = []
        reset()
    }

    func reset() {
        streams = (0..<channels).map { _ in DenoiserStream(denoiser, strength: strength) }
        ready = Array(repeating: [], count: channels)
        (position, framesOut, isFinished) = (0, 0, false)
    }

    func push<T>(
        _ samples: UnsafePointer<T>?, _ frames: Int, _ layout: SampleLayout, _ value: (T) -> Float
    ) throws {
        guard !isFinished else { throw CodecError.finished }
        let planes = try planes(samples, frames, layout, channels: channels, value)
        add(zip(streams, planes).map { $0.step($1) })
    }

    func finish() {
        guard !isFinished else { return }
        isFinished = true
        add(streams.map { $0.finish() })
    }

    private func add(_ planes: Planes) {
        for (channel, plane) in planes.enumerated() {
            ready[channel].removeFirst(position)
            ready[channel] += plane
        }
        position = 0
    }

    private var available: Int { ready[0].count - position }

    /// - Returns: frames that were taken
    func pull<T>(
        _ samples: UnsafeMutablePointer<T>?, _ frames: Int, _ layout: SampleLayout,
        _ value: (Float) -> T
    ) throws -> Int {
        guard frames != 0 else { return 0 }
        let start = try required(samples, "samples")
        let size = try layout.bufferSize(frames: frames, channels: channels)
        let count = min(frames, available)
        layout.place(
            ready.map { $0[position..<position + count] },
            in: UnsafeMutableBufferPointer(start: start, count: size), value)
        position += count
        framesOut += count
        return count
    }

    var info: nwc_denoiser_info {
        var result = nwc_denoiser_info()
        fill(&result.id, denoiser.id.bytes)
        result.sample_rate = UInt32(clamping: denoiser.sampleRate)
        result.channels = UInt32(clamping: channels)
        result.delay = UInt32(clamping: denoiser.configuration.delay)
        result.parameters = UInt64(clamping: denoiser.parameterCount)
        result.available = UInt64(clamping: available)
        result.samples = UInt64(clamping: framesOut)
        result.limited_samples = UInt64(clamping: streams.reduce(0) { $0 + $1.limitedSamples })
        return result
    }
}
