import CMRLCodec

/// A patch of the tiny model; where it can be applied, a little sound goes through a codec with it.
enum PatchInput {
    static func outcome(_ bytes: [UInt8]) -> String {
        do {
            let patch = try ModelPatch(bytes: bytes)
            let again = try ModelPatch(bytes: patch.bytes)
            precondition(again == patch, "a patch that reads otherwise the second time")
            let model = try TinyModel.model.adapted(by: patch)
            return ModelInput.coded(with: model, "patch of \(patch.kind)")
        } catch { return "\(error)" }
    }

    /// The same patch for the tiny model, with its own checksum.
    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 23 else { return bytes }
        var result = Array(bytes.dropLast(4))
        result.replaceSubrange(7..<15, with: TinyModel.model.codecID.bytes)
        let checksum = CRC32.checksum(of: result)
        return result + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32(8 * $0)) }
    }
}
