import AudioFile
import CMRLCodec
import System

/// From packets to the output file: decoder, resampler, writer.
final class DecodeSink {
    private let decoder: CodecDecoder
    private let resampler: StreamResampler
    private let writer: AudioWriter?
    private let header: StreamHeader
    /// The sound that the model codes.
    private let signal: SignalFormat
    private let rate: Int
    private let conceals: Bool
    /// Samples per channel, at the codec's rate, that are resampled and written at a time: a packet
    /// may hold 24,000 blocks, and a source rate of 768 kHz makes 48 times as much of them.
    private let slice: Int
    private var written = 0
    /// Samples of silence, at the codec's rate, that were added at the end.
    private var filled = 0

    /// Longest sound that stands for one gap in a damaged stream, and longest silence at its end,
    /// in seconds.
    static let longestFill = 600

    init(
        job: DecodeJob, model: CodecModel, header: StreamHeader, tags: SoundTags,
        output: AtomicOutput?
    ) throws {
        self.header = header
        signal = model.signal
        conceals = job.conceals
        rate = job.rate ?? header.sampleRate
        let most = model.layerRange(header.layering).upperBound
        decoder = try CodecDecoder(
            model: model, header: header, layers: job.layers.map { min($0, most) },
            enhances: job.enhances)
        slice = max(
            signal.blockSamples,
            (1 << 20) / (header.channelCount * max(1, rate / signal.sampleRate)))
        resampler = try StreamResampler(
            from: signal.sampleRate, to: rate, channels: header.channelCount)
        let rate = rate
        writer = try output.map { output in
            let expected = header.sampleCount.map {
                Self.frames($0, from: header.sampleRate, to: rate)
            }
            return try job.format.writer(
                output, sampleRate: rate, channels: header.channelCount,
                expected: job.conceals ? nil : expected, tags: tags)
        }
    }

    private static func frames(_ count: UInt64, from source: Int, to target: Int) -> Int {
        ResampledLength.frames(for: Int(clamping: count), from: source, to: target)
    }

    var secondsWritten: Double { Double(written) / Double(rate) }
    var clippedSamples: Int { writer?.clippedSampleCount ?? 0 }
    /// Sound that stands for what was lost, and silence where nothing is known of it.
    var concealedSeconds: Double {
        Double(decoder.concealedBlocks * signal.blockSamples + filled)
            / Double(signal.sampleRate)
    }

    /// Samples at the codec's rate that stand for so many at the source's.
    func codedSamples(sourceSamples: UInt64) -> Int {
        Self.frames(sourceSamples, from: header.sampleRate, to: signal.sampleRate)
    }

    func push(_ packet: Packet?) throws {
        try decoder.push(packet)
        try drain()
    }

    /// Conceals a lost packet of a known length.
    func conceal(blocks: Int) throws {
        decoder.conceal(blocks: blocks)
        try drain()
    }

    private func drain() throws {
        guard var samples = decoder.pull() else { return }
        // A packet that was lost may have been shorter than the one that replaces it.
        if let total = header.sampleCount {
            let before = decoder.samplesOut - (samples.first?.count ?? 0)
            let room = max(codedSamples(sourceSamples: total) - before, 0)
            samples = samples.map { Array($0.prefix(room)) }
        }
        try put(samples)
    }

    /// Resamples and writes samples at the codec's rate.
    private func put(_ samples: [[Float]]) throws {
        let count = samples.first?.count ?? 0
        for start in stride(from: 0, to: count, by: slice) {
            try write(
                try resampler.process(
                    count <= slice
                        ? samples : samples.map { Array($0[start..<min(start + slice, count)]) }))
        }
    }

    private func write(_ samples: [[Float]]) throws {
        written += samples.first?.count ?? 0
        try writer?.write(planar: samples)
    }

    /// Ends the sound.
    /// - Parameter sourceSamples: length of the source at its own rate; nil if the stream does not
    ///   say.
    /// - Returns: samples per channel in the output.
    func finish(sourceSamples: UInt64?) throws -> Int {
        let before = decoder.samplesOut
        decoder.finish()
        var tail = decoder.pull() ?? []
        let decoded = before + (tail.first?.count ?? 0)
        // Damage may have cost samples at the end; a length that asks for far more than was there
        // is damage itself.
        let isPlausible =
            sourceSamples.map {
                codedSamples(sourceSamples: $0) <= decoded + Self.longestFill
                    * signal.sampleRate
            } ?? false
        let length = isPlausible || !conceals ? sourceSamples : nil
        let coded = length.map { codedSamples(sourceSamples: $0) } ?? decoded
        if decoded > coded { tail = tail.map { Array($0.prefix(max(coded - before, 0))) } }
        try put(tail)
        var missing = coded - decoded
        if conceals { filled = max(missing, 0) }
        while missing > 0 {
            let count = min(missing, slice)
            try put(
                [[Float]](
                    repeating: [Float](repeating: 0, count: count), count: header.channelCount))
            missing -= count
        }
        try write(
            try resampler.finish(
                totalFrames: length.map { Self.frames($0, from: header.sampleRate, to: rate) }))
        try writer?.finish()
        return written
    }
}
