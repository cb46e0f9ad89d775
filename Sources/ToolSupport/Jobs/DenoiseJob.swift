import AudioFile
import Enhancement

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Noisy sound files to clean ones, with the same settings. Memory does not grow with the length of
/// the sound.
public struct DenoiseJob: Sendable {
    public var denoiser: Denoiser
    /// Factor of what the denoiser does in dB, 0 ... 1.
    public var strength = 1.0
    /// Of the output.
    public var format = SoundFormat()
    public var readerOptions = AudioReader.Options()
    public var force = false
    public var showsProgress = false
    /// Write the texts that the source carries about itself into the output, where that has a place
    /// for them.
    public var keepsTags = true

    /// Possible values of `strength`.
    public static let strengths = 0.0...1.0

    public init(denoiser: Denoiser) { self.denoiser = denoiser }

    /// Settings that no input can make right.
    public func check() throws(ToolFailure) {
        guard Self.strengths.contains(strength) else {
            throw .usage("--strength \(strength): possible are 0 ... 1")
        }
    }

    /// Cleans one file.
    public func run(_ job: Job) throws -> DenoiseReport {
        let watch = Stopwatch()
        try job.checkInput()
        let reader = try AudioReader(path: job.input, options: readerOptions)
        let stage: DenoisingStage
        do {
            stage = try DenoisingStage(
                denoiser, strength: Float(strength), sampleRate: reader.sampleRate,
                channels: reader.channels)
        } catch { throw ToolFailure.runtime("\(job.input): \(error)") }
        let output = try job.openOutput(force: force)
        defer { output.discard() }
        // How many frames there are is only sure when all were read.
        let writer = try format.writer(
            output, sampleRate: reader.sampleRate, channels: reader.channels, expected: nil,
            tags: keepsTags ? reader.tags : SoundTags())
        let progress = ProgressLine(
            totalSeconds: reader.declaredFrameCount.map { Double($0) / Double(reader.sampleRate) },
            isEnabled: showsProgress)
        while true {
            let planes = try reader.readPlanar(frames: max(reader.sampleRate / 2, 1))
            guard planes.first?.isEmpty == false else { break }
            try writer.write(planar: try stage.process(planes))
            progress.update(
                seconds: Double(reader.framesRead) / Double(reader.sampleRate), bytes: nil)
        }
        try writer.write(planar: try stage.finish())
        try writer.finish()
        progress.clear()
        try output.commit()
        var report = DenoiseReport()
        report.input = job.input
        report.output = job.output
        report.format = reader.formatName
        report.denoiser = denoiser.name
        report.denoiserID = denoiser.id.description
        report.strength = strength
        report.sampleRate = reader.sampleRate
        report.channels = reader.channels
        report.samples = writer.framesWritten
        report.clippedSamples = writer.clippedSampleCount
        report.estimatedSNR = stage.powerRatio.map { 10 * log10($0) }
        report.finish(runSeconds: watch.seconds)
        report.warnings =
            reader.warnings.map(\.description)
            + [
                LevelWarning.limited(
                    stage.limitedSamples, largest: DenoiserStream.largestSample),
                LevelWarning.clipped(writer.clippedSampleCount),
            ].compactMap { $0 }
        return report
    }
}
