import CBuiltInModel
import CMRLCodec
import NeuralNetwork

/// The models inside the program: `default` for speech at 16 kHz, `audio` for speech and music at
/// 44.1 kHz, `small` for speech at 16 kHz where a model of a tenth of the size is wanted.
public enum BuiltInModels {
    public static let names = ["default", "audio", "small"]

    /// The bytes of a model file, or nil if there is none of that name.
    public static func bytes(name: String) -> [UInt8]? { file(name).map { Array($0) } }

    /// The bytes of the post-filter that a model has, or nil if there is none of that name.
    public static func postFilterBytes(name: String) -> [UInt8]? {
        postFilterFile(name).map { Array($0) }
    }

    /// The identities that streams of a built-in model may name, that of new streams first; none if
    /// there is none of that name. Nothing is loaded for it.
    public static func identities(name: String) -> [ModelID] {
        [postFilterFile(name), file(name)].compactMap { file in
            file.flatMap(WeightFile.declaredID)
        }
    }

    private static func file(_ name: String) -> UnsafeBufferPointer<UInt8>? {
        switch name {
        case "default":
            UnsafeBufferPointer(start: nwc_default_model(), count: nwc_default_model_size())
        case "audio":
            UnsafeBufferPointer(start: nwc_audio_model(), count: nwc_audio_model_size())
        case "small":
            UnsafeBufferPointer(start: nwc_small_model(), count: nwc_small_model_size())
        default: nil
        }
    }

    private static func postFilterFile(_ name: String) -> UnsafeBufferPointer<UInt8>? {
        switch name {
        case "default":
            UnsafeBufferPointer(
                start: nwc_default_post_filter(), count: nwc_default_post_filter_size())
        case "small":
            UnsafeBufferPointer(
                start: nwc_small_post_filter(), count: nwc_small_post_filter_size())
        default: nil
        }
    }

    /// A built-in model with its post-filter, ready to use; nil if there is none of that name. Its
    /// weights can be read again from the program.
    public static func load(name: String) throws(CodecError) -> CodecModel? {
        guard file(name) != nil else { return nil }
        let model = try CodecModel(file: { bytes(name: name) ?? [] })
        guard let filter = postFilterBytes(name: name) else { return model }
        return try model.adding(PostFilter(bytes: filter))
    }
}
