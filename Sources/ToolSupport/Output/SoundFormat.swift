import AudioFile
import System

/// The form of sound files that a program writes.
public struct SoundFormat: Sendable {
    /// nil = by the extension of the output.
    public var container: AudioContainer?
    public var encoding = SampleEncoding.signed16
    /// Of raw samples.
    public var byteOrder = ByteOrder.little

    public init() {}

    /// - Parameter bits: nil = 16, of floating point 32
    /// - Throws: `ToolFailure.usage` where there is no such format
    public init(bits: Int?, isFloat: Bool, isRaw: Bool) throws(ToolFailure) {
        let bits = bits ?? (isFloat ? 32 : 16)
        guard let encoding = SampleEncoding(bits: bits, isFloat: isFloat) else {
            throw .usage("there is no \(isFloat ? "floating-point " : "")format of \(bits) bits")
        }
        self.encoding = encoding
        container = isRaw ? .raw : nil
    }

    /// Writes behind an output that is open.
    /// - Parameter expected: frames, where they are known
    /// - Throws: `ToolFailure.runtime` where the name stands for no format
    func writer(
        _ output: AtomicOutput, sampleRate: Int, channels: Int, expected: Int?, tags: SoundTags
    ) throws -> AudioWriter {
        let container = try container(for: output)
        return try AudioWriter(
            fileDescriptor: output.fileDescriptor, closes: false, path: output.path,
            settings: AudioWriter.Settings(
                container: container,
                encoding: encoding == .unsigned8 ? container.eightBits : encoding,
                byteOrder: byteOrder, sampleRate: sampleRate, channels: channels,
                expectedFrameCount: expected, tags: tags))
    }

    private func container(for output: AtomicOutput) throws(ToolFailure) -> AudioContainer {
        if let container { return container }
        guard output.kind == .file else { return .wav }
        guard let container = AudioContainer(path: output.path) else {
            throw .runtime(
                """
                \(output.path): the extension stands for no format that can be written; use \
                wav, flac, aiff, au, caf, w64, ogg or raw
                """
            )
        }
        return container
    }
}
