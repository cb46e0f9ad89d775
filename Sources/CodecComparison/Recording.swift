import AudioFile
import Foundation

/// A sound file in memory, mixed to one channel.
public struct Recording: Sendable {
    public let path: String
    public let samples: [Float]
    /// Hz.
    public let sampleRate: Int
    /// Channels of the file, before they were mixed.
    public let channels: Int
    /// What the reader found odd.
    public let warnings: [AudioWarning]

    /// Files of more than an hour are refused: scores of such lengths mean nothing and cost memory.
    public static let limit = 3600

    /// - Parameters:
    ///   - rate: resample to this rate, in Hz; nil keeps the file's.
    ///   - options: how to open, for raw PCM.
    /// - Throws: `AudioFileError`; `ComparisonError.cannotRead` for more than an hour.
    public init(path: String, rate: Int? = nil, options: AudioReader.Options = .init()) throws {
        let reader = try AudioReader(path: path, options: options)
        let target = rate ?? reader.sampleRate
        let resampler = try StreamResampler(from: reader.sampleRate, to: target, channels: 1)
        var samples: [Float] = []
        while true {
            let planes = try reader.readPlanar(frames: 1 << 16)
            guard let first = planes.first, !first.isEmpty else { break }
            let mono = first.indices.map { i in
                planes.reduce(Float(0)) { $0 + $1[i] } / Float(planes.count)
            }
            samples += try resampler.process([mono]).first ?? []
            guard samples.count <= Self.limit * target else {
                throw ComparisonError.cannotRead(path: path, reason: "longer than an hour")
            }
        }
        samples += try resampler.finish().first ?? []
        self.path = path
        self.samples = samples
        sampleRate = target
        channels = reader.channels
        warnings = reader.warnings
    }

    /// Samples that are already there.
    init(path: String, samples: [Float], sampleRate: Int) {
        self.path = path
        self.samples = samples
        self.sampleRate = sampleRate
        channels = 1
        warnings = []
    }

    /// Samples that were NaN or infinite and are 0 here.
    var nonFiniteSamples: Int {
        warnings.reduce(0) { count, warning in
            if case .nonFiniteSamples(let more) = warning { count + more } else { count }
        }
    }

    /// The samples at another rate.
    func resampled(to rate: Int) throws(AudioFileError) -> [Float] {
        guard rate != sampleRate else { return samples }
        let resampler = try StreamResampler(from: sampleRate, to: rate, channels: 1)
        return (try resampler.process([samples]).first ?? []) + (try resampler.finish().first ?? [])
    }

    /// The same sound as 16-bit integers hold it: what every codec of a comparison is given and
    /// measured against.
    var roundedTo16Bits: Recording {
        let rounded = samples.map { max(-32768, min(32767, ($0 * 32768).rounded())) / 32768 }
        return Recording(path: path, samples: rounded, sampleRate: sampleRate)
    }
}
