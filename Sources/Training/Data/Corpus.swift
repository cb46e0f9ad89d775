import AudioFile
import Foundation
import NeuralNetwork

/// Speech clips in memory, mono, 16 bits a sample.
public struct Corpus: Sendable {
    public struct Clip: Sendable {
        public let path: String
        public let samples: [Int16]

        package init(path: String, samples: [Int16]) { (self.path, self.samples) = (path, samples) }

        /// The nearest 16-bit number of a finite sample, full scale 1.
        static func sample(_ x: Float) -> Int16 {
            Int16(max(-32768, min(32767, (x * 32768).rounded())))
        }

        /// In [-1, 1).
        package var floats: [Float] { samples.map { Float($0) / 32768 } }
    }

    public let clips: [Clip]
    /// Hz, of all clips.
    public let sampleRate: Int
    /// Files of the folder that are not among the clips.
    public let omissions: Omissions
    private let lengths: DrawByLength

    /// Reads every recording below a folder, in the order of their paths.
    /// - Parameters:
    ///   - sampleRate: Hz; recordings of other rates are resampled
    ///   - minimumSamples: shorter clips are left out
    ///   - isStrict: files that cannot be used end it, instead of being left out
    /// - Throws: `TrainingError.unreadableFolder`, `unusable`, `noSpeech`
    public init(
        folder: String, sampleRate: Int = 16000, minimumSamples: Int = 0, isStrict: Bool = false
    ) throws {
        let found: SoundFolder
        do { found = try SoundFolder(folder) } catch {
            throw TrainingError.unreadableFolder(folder)
        }
        var omissions = found.omissions
        var clips: [Clip] = []
        for name in found.files {
            do {
                let samples = try Self.read(folder + "/" + name, sampleRate)
                if samples.isEmpty {
                    omissions.add(name, .empty, "0 samples")
                } else if samples.count < minimumSamples {
                    omissions.add(name, .tooShort, "\(samples.count) samples")
                } else {
                    clips.append(Clip(path: name, samples: samples))
                }
            } catch is NotFinite {
                omissions.add(name, .nonFinite)
            } catch { omissions.add(name, .damaged, "\(error)") }
        }
        if isStrict, !omissions.faults.isEmpty {
            throw TrainingError.unusable(folder: folder, faults: omissions.faults)
        }
        guard !clips.isEmpty else {
            throw TrainingError.noSpeech(
                folder: folder, files: found.files.count, minimumSamples: minimumSamples,
                omitted: omissions.summary)
        }
        self.clips = clips
        self.sampleRate = sampleRate
        self.omissions = omissions
        lengths = DrawByLength(clips.map(\.samples.count))
    }

    private init(_ clips: [Clip], sampleRate: Int) {
        self.clips = clips
        self.sampleRate = sampleRate
        omissions = Omissions()
        lengths = DrawByLength(clips.map(\.samples.count))
    }

    /// The clips of each folder below the corpus's own, in the order of their paths.
    func divided() -> [Corpus] {
        var parts: [(name: Substring, clips: [Clip])] = []
        for clip in clips {
            let name = clip.path.contains("/") ? clip.path.prefix { $0 != "/" } : ""
            if let index = parts.firstIndex(where: { $0.name == name }) {
                parts[index].clips.append(clip)
            } else {
                parts.append((name, [clip]))
            }
        }
        return parts.map { Corpus($0.clips, sampleRate: sampleRate) }
    }

    public var sampleCount: Int { lengths.total }
    public var seconds: Double { Double(sampleCount) / Double(sampleRate) }

    /// A clip drawn in proportion to its length.
    public func draw(_ random: inout RandomSource) -> Clip {
        clips[lengths.draw(&random)]
    }

    private struct NotFinite: Error {}

    /// One file as mono at a sample rate.
    private static func read(_ path: String, _ sampleRate: Int) throws -> [Int16] {
        let reader = try AudioReader(path: path)
        let resampler = try StreamResampler(from: reader.sampleRate, to: sampleRate, channels: 1)
        var result: [Int16] = []
        func append(_ planes: [[Float]]) throws {
            for x in planes.first ?? [] {
                guard x.isFinite else { throw NotFinite() }
                result.append(Clip.sample(x))
            }
        }
        while true {
            let planes = try reader.readPlanar(frames: 1 << 16)
            guard let first = planes.first, !first.isEmpty else { break }
            let mono = first.indices.map { i in
                planes.reduce(Float(0)) { $0 + $1[i] } / Float(planes.count)
            }
            try append(try resampler.process([mono]))
        }
        try append(try resampler.finish())
        return result
    }
}

extension Corpus {
    /// What tells one corpus from another.
    public struct Identity: Codable, Sendable, Equatable, CustomStringConvertible {
        public var clips: Int
        public var samples: Int
        /// First 8 bytes of the SHA-256 over the names and lengths of all clips, hexadecimal.
        public var names: String

        public var description: String { "\(clips) clips, \(samples) samples, names \(names)" }
    }

    public var identity: Identity {
        let text = clips.map { "\($0.samples.count) \($0.path)\n" }.joined()
        let digest = Array(text.utf8).withUnsafeBytes { SHA256Digest.of($0) }
        let names = digest.prefix(8).map { String(format: "%02x", $0) }.joined()
        return Identity(clips: clips.count, samples: sampleCount, names: names)
    }
}

/// What a task learns from and is measured on.
public struct TrainingData: Sendable {
    public var train: Corpus
    /// Background noise, for phases that mix it in.
    public var noise: Corpus?
    /// Speech of other speakers.
    public var validation: Corpus?
    /// Noise that is mixed into it; nil = that of training.
    public var validationNoise: Corpus?

    public init(train: Corpus, noise: Corpus? = nil, validation: Corpus? = nil) {
        (self.train, self.noise, self.validation) = (train, noise, validation)
    }
}
