import AudioFile
import Foundation

/// A sound file in memory.
public struct Recording: Sendable {
    public let path: String
    /// `[channel][sample]`, at least one channel.
    public let planes: [[Float]]
    /// Hz.
    public let sampleRate: Int
    /// Channels of the file, before they were mixed.
    public let channels: Int
    /// What the reader found odd.
    public let warnings: [AudioWarning]

    /// The first channel: the only one where channels were mixed.
    public var samples: [Float] { planes[0] }

    /// Files of more than an hour are refused: scores of such lengths mean nothing and cost memory.
    public static let limit = 3600

    /// - Parameters:
    ///   - rate: resample to this rate, in Hz; nil keeps the file's.
    ///   - mixed: mix all channels to one.
    ///   - options: how to open, for raw PCM.
    /// - Throws: `AudioFileError`; `ComparisonError.cannotRead` for more than an hour.
    public init(
        path: String, rate: Int? = nil, mixed: Bool = true, options: AudioReader.Options = .init()
    ) throws {
        let reader = try AudioReader(path: path, options: options)
        try self.init(reader, path: path, rate: rate ?? reader.sampleRate, mixed: mixed)
    }

    /// A recording in the form in which a mode compares it.
    /// - Throws: as above; `ComparisonError.cannotRead` for more than two channels in a mode that
    ///   does not mix them.
    public init(path: String, as mode: ComparisonMode) throws {
        let reader = try AudioReader(path: path)
        guard mode.isMono || reader.channels <= ComparisonMode.mostChannels else {
            throw ComparisonError.cannotRead(
                path: path,
                reason: "\(reader.channels) channels: one or two can be compared without mixing")
        }
        try self.init(
            reader, path: path, rate: mode.rate(of: reader.sampleRate), mixed: mode.isMono)
    }

    private init(_ reader: AudioReader, path: String, rate: Int, mixed: Bool) throws {
        let channels = mixed ? 1 : reader.channels
        let resampler = try StreamResampler(from: reader.sampleRate, to: rate, channels: channels)
        var planes = [[Float]](repeating: [], count: channels)
        func add(_ more: [[Float]]) {
            for (index, samples) in more.prefix(channels).enumerated() { planes[index] += samples }
        }
        while true {
            let read = try reader.readPlanar(frames: 1 << 16)
            guard let first = read.first, !first.isEmpty else { break }
            let mono = { (i: Int) in read.reduce(Float(0)) { $0 + $1[i] } / Float(read.count) }
            add(try resampler.process(mixed ? [first.indices.map(mono)] : read))
            guard planes[0].count <= Self.limit * rate else {
                throw ComparisonError.cannotRead(path: path, reason: "longer than an hour")
            }
        }
        add(try resampler.finish())
        self.path = path
        self.planes = planes
        sampleRate = rate
        self.channels = reader.channels
        warnings = reader.warnings
    }

    /// Channels that are already there, at least one.
    init(path: String, planes: [[Float]], sampleRate: Int) {
        self.path = path
        self.planes = planes
        self.sampleRate = sampleRate
        channels = planes.count
        warnings = []
    }

    /// Samples that were NaN or infinite and are 0 here.
    var nonFiniteSamples: Int {
        warnings.reduce(0) { count, warning in
            if case .nonFiniteSamples(let more) = warning { count + more } else { count }
        }
    }

    /// The channels at another rate.
    func resampled(to rate: Int) throws(AudioFileError) -> [[Float]] {
        guard rate != sampleRate else { return planes }
        let resampler = try StreamResampler(from: sampleRate, to: rate, channels: planes.count)
        let body = try resampler.process(planes)
        let end = try resampler.finish()
        return planes.indices.map { channel in
            [body, end].flatMap { channel < $0.count ? $0[channel] : [] }
        }
    }

    /// The same sound as 16-bit integers hold it: what every codec of a comparison is given and
    /// measured against.
    var roundedTo16Bits: Recording {
        let rounded = planes.map { plane in
            plane.map { max(-32768, min(32767, ($0 * 32768).rounded())) / 32768 }
        }
        return Recording(path: path, planes: rounded, sampleRate: sampleRate)
    }
}
