/// What is wrong with a byte stream. Offsets count bytes from the start of the stream, packets from
/// 0.
public enum BitstreamError: Error, Equatable, Sendable {
    /// The stream does not begin with "NWC" 0x1A.
    case badMagic(found: [UInt8])
    /// The format version is not one that this reader knows.
    case unsupportedVersion(UInt8)
    /// The header's checksum is wrong.
    case headerChecksum(declared: UInt32, computed: UInt32)
    /// Flags that this version does not define are set in the header.
    case reservedHeaderFlags(UInt8)
    /// A header field is outside its limits.
    case headerField(Field, value: UInt64, minimum: UInt64, maximum: UInt64)
    /// The patch behind the header cannot be used.
    case patch(PatchProblem)
    /// The header declares this many bytes of fields, and the fields take more or fewer (or hold a
    /// malformed number).
    case headerLength(Int)

    /// The record at `offset` starts with a length that is no number of at most 7 bytes in the
    /// shortest form.
    case malformedLength(packet: Int, offset: Int)
    /// A record's length is above the limit that the header implies,
    /// `StreamHeader.maximumRecordLength`, or a packet's above `StreamHeader.maximumBodyLength`.
    case packetLength(UInt64, limit: Int, packet: Int, offset: Int)
    /// A packet's checksum is wrong.
    case packetChecksum(packet: Int, offset: Int, declared: UInt32, computed: UInt32)
    /// A packet is intact but breaks a rule of the format.
    case packet(PacketError, packet: Int, offset: Int)

    /// Tags are intact but break a rule of the format.
    case tags(StreamTagError, offset: Int)

    /// The end record at `offset` holds a number that is malformed or above 2^48 - 1.
    case malformedEnd(offset: Int)
    /// The end record's checksum is wrong.
    case endChecksum(offset: Int, declared: UInt32, computed: UInt32)
    /// The end record declares another number of blocks than the packets before it hold: packets
    /// were lost or added.
    case blockCountMismatch(declared: UInt64, counted: UInt64)
    /// Header and end record declare different numbers of source samples.
    case sampleCountMismatch(header: UInt64, end: UInt64)
    /// The stream ends inside the record (or header) that starts at `offset`; at least `missing`
    /// more bytes belong to the stream.
    case truncated(missing: Int, offset: Int)
    /// Bytes follow the end record.
    case dataAfterEnd(offset: Int)

    /// A writer was asked for a record that is no packet in a stream of this version.
    case auxiliaryRecord(version: UInt8)
    /// A writer was asked for a packet or an end record after the end record.
    case writeAfterEnd
    /// `layers` layers cannot be kept, only `minimum` ... `maximum`.
    case layerSelection(layers: Int, minimum: Int, maximum: Int)

    /// Fields of the header and of the end record with limits.
    public enum Field: String, Sendable {
        case sampleRate = "sample rate"
        case channelCount = "number of channels"
        case codedRate = "coded sample rate"
        case blockSamples = "number of samples of a block"
        case groupChannels = "number of channels of a group"
        case blocksPerPacket = "blocks per packet"
        case keyInterval = "key interval"
        case layerCount = "number of layers"
        case patchLength = "length of the patch"
        case sampleCount = "number of samples"
        case blockCount = "number of blocks"
    }
}

extension BitstreamError {
    /// Where in the stream it is wrong: the first byte of the header or record; nil where counts of
    /// the whole stream contradict each other and for errors of writers.
    public var offset: Int? {
        switch self {
        case .badMagic, .unsupportedVersion, .headerChecksum, .reservedHeaderFlags, .headerField,
            .headerLength, .patch:
            0
        case .malformedLength(_, let offset), .packetLength(_, _, _, let offset),
            .packetChecksum(_, let offset, _, _), .packet(_, _, let offset),
            .malformedEnd(let offset), .endChecksum(let offset, _, _), .truncated(_, let offset),
            .dataAfterEnd(let offset), .tags(_, let offset):
            offset
        case .blockCountMismatch, .sampleCountMismatch, .writeAfterEnd, .layerSelection,
            .auxiliaryRecord:
            nil
        }
    }
}

/// What is wrong with one packet.
public enum PacketError: Error, Equatable, Sendable {
    /// Flags that this version does not define are set (all flags of the packet are given).
    case reservedFlags(UInt8)
    /// A packet has `found` layers where 1 ... `maximum` are possible.
    case layerCount(Int, maximum: Int)
    /// A packet of `blocksPerPacket` N has a block count outside 1 ... N, or one that is N although
    /// it is written as different.
    case blockCount(UInt64, blocksPerPacket: Int)
    /// The body ends before its fields do, or a number in it is malformed; `position` counts from
    /// the start of the body.
    case malformedBody(position: Int)
    /// The lengths of the chunks need `declared` bytes, the body has `available`.
    case chunkLengths(declared: UInt64, available: Int)
    /// Chunks of so many groups of channels instead of `expected`.
    case groupCount(Int, expected: Int)
    /// `group` has `found` layers, group 0 has `expected`.
    case unevenLayers(group: Int, found: Int, expected: Int)
    /// `found` rate indices instead of `expected` (one per layer in key packets, none in others).
    case rateIndexCount(Int, expected: Int)
    /// The body would be longer than `StreamHeader.maximumBodyLength`.
    case tooLong(Int, limit: Int)
    /// A stream must begin with a key packet.
    case firstPacketNotKey
    /// The packet follows a key packet at a distance of `interval` and is not a key packet.
    case keyPacketMissing(interval: Int)
    /// The packet has more layers than the key packet before it.
    case moreLayersThanKey(Int, key: Int)
}
