import ArgumentParser
import AudioFile
import ToolSupport

@main
struct Eval: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nwc-eval", abstract: "Score and look at decoded speech.",
        version: VersionText.lazy(tool: "nwc-eval", formatVersion: nil, models: { [] }), subcommands: [Score.self, Spectrogram.self, Masking.self])

    static func main() { ToolMain.run(Self.self) }
}

/// A sound file in memory, mixed to one channel.
struct Recording {
    let path: String
    let samples: [Float]
    let sampleRate: Int

    /// Files of more than an hour are refused: scores of such lengths mean nothing and cost memory.
    static let limit = 3600

    /// - Parameter rate: resample to this rate; nil keeps the file's.
    init(path: String, rate: Int? = nil) throws {
        let reader = try AudioReader(path: path), target = rate ?? reader.sampleRate
        let resampler = try StreamResampler(from: reader.sampleRate, to: target, channels: 1)
        var samples: [Float] = []
        while true {
            let planes = try reader.readPlanar(frames: 1 << 16)
            guard let first = planes.first, !first.isEmpty else { break }
            let mono = first.indices.map { i in planes.reduce(Float(0)) { $0 + $1[i] } / Float(planes.count) }
            samples += try resampler.process([mono]).first ?? []
            guard samples.count <= Self.limit * target else { throw ToolFailure.runtime("\(path) is longer than an hour") }
        }
        samples += try resampler.finish().first ?? []
        self.path = path
        self.samples = samples
        sampleRate = target
    }
}
