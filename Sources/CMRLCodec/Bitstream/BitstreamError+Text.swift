extension BitstreamError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badMagic(let found):
            """
            not an nwc stream: it begins with \(hexadecimal(found)) instead of \
            \(hexadecimal(StreamHeader.magic))
            """
        case .unsupportedVersion(let version):
            "format version \(version) is not supported, only "
                + "\(StreamHeader.versions.lowerBound) to \(StreamHeader.versions.upperBound)"
        case .headerChecksum(let declared, let computed):
            """
            the header is damaged: checksum \(hexadecimal(declared)), computed \
            \(hexadecimal(computed))
            """
        case .reservedHeaderFlags(let flags):
            "the header has flags that this version does not know: \(hexadecimal([flags]))"
        case .headerField(let field, let value, let minimum, let maximum):
            "the \(field.rawValue) is \(value), possible are \(minimum)...\(maximum)"
        case .patch(let problem): "\(problem)"
        case .headerLength(let declared):
            "the header declares \(declared) bytes of fields, which is not what they take"
        case .malformedLength(let packet, let offset):
            "packet \(packet) at byte \(offset) has a malformed length"
        case .packetLength(let length, let limit, let packet, let offset):
            """
            packet \(packet) at byte \(offset) declares \(length) bytes, the limit of this \
            stream is \(limit)
            """
        case .packetChecksum(let packet, let offset, let declared, let computed):
            """
            packet \(packet) at byte \(offset) is damaged: checksum \
            \(hexadecimal(declared)), computed \(hexadecimal(computed))
            """
        case .packet(let error, let packet, let offset):
            "packet \(packet) at byte \(offset): \(error)"
        case .tags(let error, let offset):
            "the record at byte \(offset): \(error)"
        case .auxiliaryRecord(let version):
            "streams of format version \(version) have packets only"
        case .malformedEnd(let offset):
            "the end record at byte \(offset) is malformed"
        case .endChecksum(let offset, let declared, let computed):
            """
            the end record at byte \(offset) is damaged: checksum \(hexadecimal(declared)), \
            computed \(hexadecimal(computed))
            """
        case .blockCountMismatch(let declared, let counted):
            "the end record declares \(declared) blocks, the packets hold \(counted)"
        case .sampleCountMismatch(let header, let end):
            "the header declares \(header) samples, the end record \(end)"
        case .truncated(let missing, let offset):
            """
            the stream is truncated in the record at byte \(offset): at least \(missing) \
            more bytes were expected
            """
        case .dataAfterEnd(let offset):
            "data follow the end of the stream at byte \(offset)"
        case .writeAfterEnd:
            "the stream was already ended"
        case .layerSelection(let layers, let minimum, let maximum):
            "\(layers) layers cannot be kept, only \(minimum)...\(maximum)"
        }
    }
}

extension PacketError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .reservedFlags(let flags):
            "flags that this version does not know: \(hexadecimal([flags]))"
        case .layerCount(let count, let maximum):
            "\(count) layers, possible are 1...\(maximum)"
        case .blockCount(let count, let blocksPerPacket):
            "a declared block count of \(count) in a stream of \(blocksPerPacket) blocks per packet"
        case .malformedBody(let position):
            "the body is malformed at its byte \(position)"
        case .chunkLengths(let declared, let available):
            "the chunks need \(declared) bytes, \(available) are there"
        case .groupCount(let count, let expected):
            "chunks of \(count) groups of channels instead of \(expected)"
        case .unevenLayers(let group, let found, let expected):
            "group \(group) of channels has \(found) layers, group 0 has \(expected)"
        case .rateIndexCount(let count, let expected):
            "\(count) rate indices instead of \(expected)"
        case .tooLong(let length, let limit):
            "the body has \(length) bytes, the limit is \(limit)"
        case .firstPacketNotKey:
            "the first packet is not a key packet"
        case .keyPacketMissing(let interval):
            "no key packet within the key interval of \(interval)"
        case .moreLayersThanKey(let layers, let key):
            "\(layers) layers, the key packet before has \(key)"
        }
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
}
