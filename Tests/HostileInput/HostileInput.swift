import Foundation

/// What hostile bytes can be given to, one entry for each parser. Fuzzers and the tests of
/// `TestVectors/broken` call the same entries.
public enum HostileInput: String, CaseIterable, Sendable {
    /// A stream, through the strict reader, the concealing one, the layer stripper.
    case stream
    /// A stream whose checksums and model identity are put right first, so that changes reach what
    /// lies behind them.
    case checkedStream = "checked-stream"
    /// The same, and then through the decoder.
    case playedStream = "played-stream"
    /// Packets, straight into the decoder.
    case packets
    /// A model file, and the codec with it.
    case model
    /// A model file whose SHA-256 is put right first.
    case checkedModel = "checked-model"
    /// Changes of a good model file, whose SHA-256 is put right then: the way to weights and
    /// tables.
    case changedModel = "changed-model"
    /// A patch of a model, and the codec with it.
    case patch
    /// A patch whose identity of the model and checksum are put right first.
    case checkedPatch = "checked-patch"
    /// A sound file.
    case sound
    /// Sound from a pipe.
    case soundPipe = "sound-pipe"
    /// A training configuration.
    case configuration
    /// A checkpoint of a training run, whose SHA-256 is put right first.
    case checkpoint

    /// Gives the bytes to the parser. Returns whatever the bytes are; traps where a property that
    /// must always hold does not.
    /// - Returns: the text of the error, or a line that begins with "read: ".
    public func outcome(_ bytes: [UInt8]) -> String {
        switch self {
        case .stream: StreamInput.outcome(bytes)
        case .checkedStream: StreamInput.outcome(StreamInput.repaired(bytes))
        case .playedStream: PlayedStreamInput.outcome(StreamInput.repaired(bytes))
        case .packets: PacketInput.outcome(bytes)
        case .model: ModelInput.outcome(bytes)
        case .checkedModel: ModelInput.outcome(ModelInput.repaired(bytes))
        case .changedModel: ModelInput.outcome(ModelInput.repaired(ModelInput.changed(bytes)))
        case .patch: PatchInput.outcome(bytes)
        case .checkedPatch: PatchInput.outcome(PatchInput.repaired(bytes))
        case .sound: SoundInput.outcome(bytes, throughPipe: false)
        case .soundPipe: SoundInput.outcome(bytes, throughPipe: true)
        case .configuration: ConfigurationInput.outcome(bytes)
        case .checkpoint: CheckpointInput.outcome(CheckpointInput.repaired(bytes))
        }
    }
}
