import AudioFile
import CMRLCodec
import Enhancement

/// Sound at the codec's sampling rate, read in pieces from a file or pipe of any rate, with its
/// noise taken out where that is wanted.
struct CodecRateSource {
    /// A denoiser and its strength.
    typealias Cleaning = (denoiser: Denoiser, strength: Double)

    let reader: AudioReader
    /// Of the codec, Hz.
    let sampleRate: Int
    private let cleaning: Cleaning?
    private var way: Way
    private(set) var isAtEnd = false

    /// Share of the power of what was read that the codec's sampling rate cannot hold, 0 ... 1.
    var shareAbove: Double { way.shareLost }

    /// From the samples of the reader to those of the codec.
    private struct Way {
        let resampler: StreamResampler
        let stage: DenoisingStage?
        /// Whether the resampler takes anything away.
        private let isLossy: Bool
        /// Sums of squares and numbers of samples in front of the resampler and behind it, where it
        /// does.
        private var before = (energy: 0.0, count: 0)
        private var after = (energy: 0.0, count: 0)

        var shareLost: Double {
            guard before.energy > 0, after.count > 0 else { return 0 }
            let kept = after.energy / Double(after.count)
            return max(0, 1 - kept / (before.energy / Double(before.count)))
        }

        private func add(_ planes: [[Float]], to sum: inout (energy: Double, count: Int)) {
            guard isLossy else { return }
            for plane in planes {
                var energy: Float = 0
                for x in plane where x.isFinite { energy += x * x }
                sum.energy += Double(energy)
                sum.count += plane.count
            }
        }

        init(_ reader: AudioReader, _ rate: Int, _ cleaning: Cleaning?) throws(AudioFileError) {
            resampler = try StreamResampler(
                from: reader.sampleRate, to: rate, channels: reader.channels)
            isLossy = reader.sampleRate > rate
            guard let cleaning else {
                stage = nil
                return
            }
            stage = try DenoisingStage(
                cleaning.denoiser, strength: Float(cleaning.strength), sampleRate: rate,
                channels: reader.channels)
        }

        mutating func process(_ planes: [[Float]]) throws(AudioFileError) -> [[Float]] {
            let resampled = try resampler.process(planes)
            add(planes, to: &before)
            add(resampled, to: &after)
            return try stage?.process(resampled) ?? resampled
        }

        mutating func finish() throws(AudioFileError) -> [[Float]] {
            let rest = try resampler.finish()
            add(rest, to: &after)
            guard let stage else { return rest }
            var result = try stage.process(rest)
            for (i, more) in try stage.finish().enumerated() { result[i] += more }
            return result
        }
    }

    init(
        _ reader: AudioReader, sampleRate: Int, cleaning: Cleaning? = nil
    ) throws(AudioFileError) {
        self.reader = reader
        self.sampleRate = sampleRate
        self.cleaning = cleaning
        way = try Way(reader, sampleRate, cleaning)
    }

    /// At least so many samples per channel, planar; fewer at the end.
    mutating func read(atLeast count: Int) throws(AudioFileError) -> [[Float]] {
        var planes = [[Float]](repeating: [], count: reader.channels)
        // Half a second at a time: pieces stay small for any number of channels.
        let step = max(reader.sampleRate / 2, 1)
        while !isAtEnd, planes[0].count < count {
            let piece = try reader.readPlanar(frames: step)
            let isEmpty = piece.first?.isEmpty ?? true
            let more = isEmpty ? try way.finish() : try way.process(piece)
            if isEmpty { isAtEnd = true }
            for (channel, samples) in more.enumerated() { planes[channel] += samples }
        }
        return planes
    }

    /// Stretches of so many seconds, evenly spread over a file whose length is known; the source
    /// then starts again. Parts that cannot be read are left out: reading the whole file will say
    /// why.
    /// - Parameter frames: declared frames of the file.
    mutating func stretches(_ count: Int, seconds: Int, of frames: Int) throws(AudioFileError)
        -> [[[Float]]]
    {
        var result: [[[Float]]] = []
        for i in 0..<count {
            // The middle of each of `count` equal parts.
            let middle = (2 * i + 1) * (frames / (2 * count))
            let length = seconds * reader.sampleRate
            guard let planes = try? stretch(at: max(middle - length / 2, 0), frames: length) else {
                continue
            }
            if planes[0].count >= sampleRate / 2 { result.append(planes) }
        }
        try rewind()
        return result
    }

    /// Starts again.
    mutating func rewind() throws(AudioFileError) {
        try reader.rewind()
        way = try Way(reader, sampleRate, cleaning)
        isAtEnd = false
    }

    private func stretch(at start: Int, frames: Int) throws(AudioFileError) -> [[Float]] {
        try reader.seek(toFrame: start)
        var way = try Way(reader, sampleRate, cleaning)
        var planes = [[Float]](repeating: [], count: reader.channels)
        var left = frames
        while left > 0 {
            let piece = try reader.readPlanar(frames: min(left, max(reader.sampleRate / 2, 1)))
            guard let read = piece.first?.count, read > 0 else { break }
            left -= read
            for (channel, samples) in try way.process(piece).enumerated() {
                planes[channel] += samples
            }
        }
        for (channel, samples) in try way.finish().enumerated() { planes[channel] += samples }
        return planes
    }
}
