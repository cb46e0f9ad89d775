import AudioFile
import Foundation
import NeuralNetwork

/// Speech clips in memory at 16 kHz, mono, 16 bits a sample.
public struct Corpus: Sendable {
    public struct Clip: Sendable {
        public let path: String
        public let samples: [Int16]

        package init(path: String, samples: [Int16]) { (self.path, self.samples) = (path, samples) }
    }

    public let clips: [Clip]
    private let ends: [Int]

    public static let sampleRate = 16000
    static let extensions: Set<String> = ["flac", "wav", "aiff", "ogg", "au"]

    /// Reads every sound file below `folder`, in the order of their paths; clips shorter than
    /// `minimumSamples` are left out.
    public init(folder: String, minimumSamples: Int = 0) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
            isFolder.boolValue,
            let walk = FileManager.default.enumerator(atPath: folder)
        else { throw TrainingError.unreadableFolder(folder) }
        let names = walk.compactMap { $0 as? String }.filter {
            Self.extensions.contains(($0 as NSString).pathExtension.lowercased())
        }.sorted()
        var clips: [Clip] = []
        for name in names {
            let samples = try Self.read(folder + "/" + name)
            if samples.count >= max(minimumSamples, 1) {
                clips.append(Clip(path: name, samples: samples))
            }
        }
        guard !clips.isEmpty else {
            throw TrainingError.noSpeech(
                folder: folder, files: names.count, minimumSamples: minimumSamples)
        }
        self.clips = clips
        var total = 0
        ends = clips.map { clip in
            total += clip.samples.count
            return total
        }
    }

    public var sampleCount: Int { ends.last ?? 0 }

    /// A clip drawn in proportion to its length.
    public func draw(_ random: inout RandomSource) -> Clip {
        let at = random.below(sampleCount)
        var low = 0
        var high = ends.count - 1
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= at { low = middle + 1 } else { high = middle }
        }
        return clips[low]
    }

    /// One file as mono at 16 kHz.
    static func read(_ path: String) throws -> [Int16] {
        let reader = try AudioReader(path: path)
        let resampler = try StreamResampler(from: reader.sampleRate, to: sampleRate, channels: 1)
        var result: [Int16] = []
        func append(_ planes: [[Float]]) {
            for x in planes.first ?? [] {
                result.append(Int16(max(-32768, min(32767, (x * 32768).rounded()))))
            }
        }
        while true {
            let planes = try reader.readPlanar(frames: 1 << 16)
            guard let first = planes.first, !first.isEmpty else { break }
            let mono = first.indices.map { i in
                planes.reduce(Float(0)) { $0 + $1[i] } / Float(planes.count)
            }
            append(try resampler.process([mono]))
        }
        append(try resampler.finish())
        return result
    }
}

public enum TrainingError: Error, CustomStringConvertible {
    case unreadableFolder(String)
    /// The folder of a run cannot be made.
    case unwritableFolder(String, reason: String)
    case noSpeech(folder: String, files: Int, minimumSamples: Int)
    /// A phase mixes noise in and no folder of noise was given.
    case noNoise(phase: String)
    case badCheckpoint(path: String, reason: String)
    case badConfiguration(path: String, reason: String)
    case badTable(path: String, reason: String)
    case notFinite(step: Int, term: String)
    case writeFailed(path: String, reason: String)

    public var description: String {
        switch self {
        case .unreadableFolder(let folder): "\(folder) is no folder that can be listed"
        case .unwritableFolder(let folder, let reason):
            "\(folder): cannot be made a folder: \(reason)"
        case .noNoise(let phase): "phase \(phase) mixes noise in: give a folder of noise (--noise)"
        case .noSpeech(let folder, let files, let minimum):
            "no usable speech in \(folder): \(files) sound files, none of at least \(minimum) samples"
        case .badCheckpoint(let path, let reason): "checkpoint \(path): \(reason)"
        case .badConfiguration(let path, let reason): "configuration \(path): \(reason)"
        case .badTable(let path, let reason): "table \(path): \(reason)"
        case .writeFailed(let path, let reason): "\(path): cannot be written: \(reason)"
        case .notFinite(let step, let term):
            "step \(step): \(term) is not finite even after falling back to the last checkpoint"
        }
    }
}
