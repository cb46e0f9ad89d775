import CMRLCodec

/// A patch of a model, as reports say it.
public struct PatchText: Encodable, Sendable {
    /// Checksum of its bytes, hexadecimal.
    public let id: String
    /// Which numbers it changes.
    public let kind: String
    /// Of the weights that it is for.
    public let modelID: String
    public let bytes: Int
    /// Where it lies; absent where it is part of a stream.
    public let file: String?

    public init(_ patch: ModelPatch, file: String? = nil) {
        let digits = String(patch.id, radix: 16)
        id = String(repeating: "0", count: 8 - digits.count) + digits
        kind = patch.kind
        modelID = patch.modelID.description
        bytes = patch.bytes.count
        self.file = file
    }

    public var text: String {
        "\(id), \(kind), for model \(modelID), \(NumberText.count(bytes, "byte"))"
    }
}
