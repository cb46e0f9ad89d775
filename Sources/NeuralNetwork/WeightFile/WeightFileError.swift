/// What is wrong with a weight file, with an access to it, or with what is to be written. Offsets
/// count bytes from the start of the file.
public enum WeightFileError: Error, Equatable, Sendable {
    /// The file does not begin with "NWM" 0x1A.
    case badMagic(found: [UInt8])
    case unsupportedVersion(UInt8)
    /// Bytes that must be zero are not.
    case nonzeroReserved(offset: Int)
    /// The file has `found` bytes instead of the declared `declared`: it is truncated or followed
    /// by other data.
    case fileLength(declared: UInt64, found: Int)
    /// The SHA-256 at the end does not match; first 8 bytes of both.
    case checksum(declared: ModelID, computed: ModelID)
    /// `declared` bytes of metadata, at most `limit` are possible.
    case metadataLength(declared: Int, limit: Int)
    /// The metadata are not UTF-8.
    case metadataEncoding
    /// `declared` tensors, at most `limit` are possible.
    case tensorCount(declared: Int, limit: Int)
    /// A part of the file reaches beyond its end: `needed` bytes where `available` are.
    case sectionLength(offset: Int, needed: Int, available: Int)
    /// The name of a tensor is empty, too long or not UTF-8.
    case tensorName(index: Int)
    case duplicateName(String)
    case elementType(UInt8, tensor: String)
    /// More than 8 dimensions.
    case rank(Int, tensor: String)
    /// A dimension is 0, or the tensor is too large for any file.
    case shape([Int], tensor: String)
    /// `found` bytes belong to no section.
    case unusedBytes(Int, offset: Int)

    /// No tensor of this name.
    case missingTensor(String)
    /// The tensor holds other elements than were asked for.
    case typeMismatch(tensor: String, found: ElementType)
    /// The tensor has another shape than was asked for.
    case shapeMismatch(tensor: String, expected: [Int], found: [Int])
    /// Element `index` is infinite or no number, or becomes infinite in half precision.
    case notFinite(tensor: String, index: Int)
    /// `found` values for a shape of `expected` elements.
    case elementCount(tensor: String, expected: Int, found: Int)
}

extension WeightFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badMagic(let found): "not a model file: it begins with bytes \(found)"
        case .unsupportedVersion(let version):
            "model file version \(version) is not supported, only \(WeightFile.version)"
        case .nonzeroReserved(let offset): "byte \(offset) must be 0"
        case .fileLength(let declared, let found):
            "the model file declares \(declared) bytes and has \(found)"
        case .checksum(let declared, let computed):
            "the model file is damaged: SHA-256 begins \(declared), computed \(computed)"
        case .metadataLength(let declared, let limit):
            "\(declared) bytes of metadata, the limit is \(limit)"
        case .metadataEncoding: "the metadata are not UTF-8"
        case .tensorCount(let declared, let limit): "\(declared) tensors, the limit is \(limit)"
        case .sectionLength(let offset, let needed, let available):
            "\(needed) bytes needed at byte \(offset), \(available) are there"
        case .tensorName(let index): "the name of tensor \(index) is empty, too long or not UTF-8"
        case .duplicateName(let name): "two tensors are called \"\(name)\""
        case .elementType(let type, let tensor):
            "tensor \"\(tensor)\" has unknown element type \(type)"
        case .rank(let rank, let tensor):
            "tensor \"\(tensor)\" has \(rank) dimensions, the limit is \(WeightFile.maximumRank)"
        case .shape(let shape, let tensor): "tensor \"\(tensor)\" has an impossible shape \(shape)"
        case .unusedBytes(let count, let offset):
            "\(count) bytes at byte \(offset) belong to nothing"
        case .missingTensor(let name): "the model has no tensor \"\(name)\""
        case .typeMismatch(let tensor, let found): "tensor \"\(tensor)\" holds \(found) elements"
        case .shapeMismatch(let tensor, let expected, let found):
            "tensor \"\(tensor)\" has shape \(found) instead of \(expected)"
        case .notFinite(let tensor, let index):
            "element \(index) of tensor \"\(tensor)\" is not a finite number"
        case .elementCount(let tensor, let expected, let found):
            "\(found) values for tensor \"\(tensor)\" of \(expected) elements"
        }
    }
}
