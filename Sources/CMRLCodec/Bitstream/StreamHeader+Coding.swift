import NeuralNetwork

extension StreamHeader {
    /// Bytes before the fields: magic, version, length of the fields.
    static let prefixByteCount = 6
    static let sampleCountFlag: UInt8 = 1
    /// Layers are nested; from version 3 on, in streams of two layers and more.
    static let nestedFlag: UInt8 = 2

    /// The header as it stands at the start of a stream.
    public var bytes: [UInt8] {
        var fields: [UInt8] = [
            (sampleCount == nil ? 0 : Self.sampleCountFlag)
                | (layering == .nested ? Self.nestedFlag : 0)
        ]
        fields += modelID.bytes
        Varint.append(UInt64(sampleRate), to: &fields)
        fields.append(UInt8(truncatingIfNeeded: channelCount))
        Varint.append(UInt64(blocksPerPacket), to: &fields)
        Varint.append(UInt64(keyInterval), to: &fields)
        fields.append(UInt8(truncatingIfNeeded: layerCount))
        if formatVersion > 1 {
            Varint.append(UInt64(block.sampleRate), to: &fields)
            Varint.append(UInt64(block.samples), to: &fields)
            fields.append(UInt8(truncatingIfNeeded: block.channels))
        }
        if let sampleCount { Varint.append(sampleCount, to: &fields) }
        if formatVersion > 3 { Varint.append(UInt64(patch?.bytes.count ?? 0), to: &fields) }
        var bytes =
            Self.magic + [formatVersion, UInt8(truncatingIfNeeded: fields.count)] + fields
        bytes.appendLittleEndian(CRC32.checksum(of: bytes))
        return bytes + (patch?.bytes ?? [])
    }

    package enum Reading: Equatable {
        case header(StreamHeader, byteCount: Int)
        case incomplete(missing: Int)
    }

    /// Reads a header at the start of `bytes`, which may be shorter or longer.
    /// - Parameter isFinished: no more bytes will come; else a wrong magic is reported when all of
    ///   it is there, however it comes.
    package static func read(
        _ bytes: [UInt8], isFinished: Bool = true
    ) throws(BitstreamError) -> Reading {
        let present = min(bytes.count, magic.count)
        guard bytes[..<present].elementsEqual(magic[..<present]) else {
            if present < magic.count, !isFinished {
                return .incomplete(missing: prefixByteCount - present)
            }
            throw .badMagic(found: Array(bytes[..<present]))
        }
        if bytes.count > magic.count, !versions.contains(bytes[4]) {
            throw .unsupportedVersion(bytes[4])
        }
        guard bytes.count >= prefixByteCount else {
            return .incomplete(missing: prefixByteCount - bytes.count)
        }
        let end = prefixByteCount + Int(bytes[5])
        guard bytes.count >= end + 4 else { return .incomplete(missing: end + 4 - bytes.count) }
        let declared = bytes.littleEndian(at: end)
        let computed = CRC32.checksum(of: bytes[..<end])
        guard declared == computed else {
            throw .headerChecksum(declared: declared, computed: computed)
        }
        return try readFields(bytes, end: end)
    }

    private static func readFields(_ bytes: [UInt8], end: Int) throws(BitstreamError) -> Reading {
        var position = prefixByteCount
        let declared = end - prefixByteCount
        func byte() throws(BitstreamError) -> UInt8 {
            guard position < end else { throw .headerLength(declared) }
            defer { position += 1 }
            return bytes[position]
        }
        func number() throws(BitstreamError) -> UInt64 {
            guard case .value(let value, let count) = Varint.read(bytes, at: position, end: end)
            else {
                throw .headerLength(declared)
            }
            position += count
            return value
        }
        let flags = try byte()
        let known = sampleCountFlag | (bytes[4] > 2 ? nestedFlag : 0)
        if flags & ~known != 0 { throw .reservedHeaderFlags(flags) }
        guard let modelID = ModelID(bytes: bytes[position..<end]) else {
            throw .headerLength(declared)
        }
        position += ModelID.byteCount
        let sampleRate = try number()
        let channelCount = try byte()
        let blocksPerPacket = try number()
        let keyInterval = try number()
        let layerCount = try byte()
        var block = BlockFormat.version1
        if bytes[4] > 1 {
            let rate = try number()
            let samples = try number()
            block = BlockFormat(
                sampleRate: Int(rate), samples: Int(samples), channels: Int(try byte()))
        }
        let sampleCount = flags & sampleCountFlag == 0 ? nil : try number()
        let patchLength = bytes[4] > 3 ? try number() : 0
        guard position == end else { throw .headerLength(declared) }
        let isNested = flags & nestedFlag != 0
        if isNested, layerCount == 1 { throw .reservedHeaderFlags(flags) }
        guard patchLength <= UInt64(ModelPatch.maximumByteCount) else {
            throw .headerField(
                .patchLength, value: patchLength, minimum: 0,
                maximum: UInt64(ModelPatch.maximumByteCount))
        }
        let next = end + 4 + Int(patchLength)
        guard bytes.count >= next else { return .incomplete(missing: next - bytes.count) }
        var patch: ModelPatch?
        if patchLength > 0 {
            do throws(PatchProblem) {
                patch = try ModelPatch(parsing: Array(bytes[end + 4..<next]))
            } catch { throw .patch(error) }
        }
        let header = try StreamHeader(
            modelID: modelID, sampleRate: Int(sampleRate), channelCount: Int(channelCount),
            blocksPerPacket: Int(blocksPerPacket),
            keyInterval: Int(keyInterval), layerCount: Int(layerCount),
            layering: isNested ? .nested : .residual, sampleCount: sampleCount, block: block,
            formatVersion: bytes[4], patch: patch)
        return .header(header, byteCount: next)
    }
}
