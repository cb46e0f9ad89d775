import AudioFile
import Foundation
import System
import ToolSupport
import Training

/// Decoded clips as WAV files below a folder, under the names of the recordings with extension
/// `.wav`.
struct DecodedFolder: Sendable {
    private let folder: String
    private let input: String
    private let force: Bool
    private let sampleRate: Int

    /// Looks for what would go wrong before the first clip is coded.
    /// - Parameters:
    ///   - folder: made where it is missing
    ///   - input: folder of the recordings, which are never overwritten
    ///   - force: overwrite other files
    /// - Throws: `ToolFailure` where two recordings would have one output, or an output exists or
    ///   is a recording.
    init(_ folder: String, of corpus: Corpus, input: String, force: Bool) throws {
        self.folder = folder
        self.input = input
        self.force = force
        sampleRate = corpus.sampleRate
        let recordings = Set(corpus.clips.compactMap { FileIdentity(input: "\(input)/\($0.path)") })
        for job in try OutputPlan.distinct(
            corpus.clips.map { Job(input: $0.path, output: path($0)) })
        {
            if let identity = FileIdentity(input: job.output), recordings.contains(identity) {
                throw OutputError.sameAsInput(path: job.output)
            }
            guard force || !FileManager.default.fileExists(atPath: job.output) else {
                throw OutputError.exists(path: job.output)
            }
        }
    }

    private func path(_ clip: Corpus.Clip) -> String {
        "\(folder)/\((clip.path as NSString).deletingPathExtension).wav"
    }

    /// Writes decoded samples at the corpus' sample rate; whole, or not at all.
    func write(_ clip: Corpus.Clip, _ samples: [Float]) throws {
        let target = path(clip)
        do {
            try FileManager.default.createDirectory(
                atPath: (target as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true)
        } catch { throw ToolFailure.runtime("\(target): \(error.localizedDescription)") }
        let output = try AtomicOutput(
            path: target, force: force,
            inputs: [FileIdentity(input: "\(input)/\(clip.path)")].compactMap { $0 })
        defer { output.discard() }
        let writer = try AudioWriter(
            fileDescriptor: output.fileDescriptor, closes: false, path: target,
            settings: AudioWriter.Settings(
                container: .wav, encoding: .signed16, sampleRate: sampleRate, channels: 1))
        try writer.write(planar: [samples])
        try writer.finish()
        try output.commit()
    }
}
