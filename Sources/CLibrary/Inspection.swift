import CMRLCodec
import CNWC

@c @implementation
public func nwc_header_inspect(
    _ bytes: UnsafeRawPointer?, _ count: Int, _ info: UnsafeMutablePointer<nwc_stream_info>?,
    _ detail: UnsafeMutablePointer<nwc_detail>?
) -> Int32 {
    status(detail) {
        let info = try required(info, "info")
        let found = try StreamHeader(beginning: region(bytes, count, "bytes"))
        try nwc_stream_info(found).write(to: info)
    }
}

@c @implementation
public func nwc_packet_inspect(
    _ header: UnsafeRawPointer?, _ headerCount: Int, _ packet: UnsafeRawPointer?, _ count: Int,
    _ info: UnsafeMutablePointer<nwc_packet_info>?, _ detail: UnsafeMutablePointer<nwc_detail>?
) -> Int32 {
    status(detail) {
        let info = try required(info, "info")
        let header = try StreamHeader(beginning: region(header, headerCount, "header"))
        let packet = try Packet(body: Array(region(packet, count, "packet")), header: header)
        try nwc_packet_info(packet, header).write(to: info)
    }
}

@c @implementation
public func nwc_packet_strip(
    _ header: UnsafeRawPointer?, _ headerCount: Int, _ packet: UnsafeRawPointer?, _ count: Int,
    _ layers: UInt32, _ result: UnsafeMutableRawPointer?, _ capacity: Int,
    _ resultCount: UnsafeMutablePointer<Int>?, _ detail: UnsafeMutablePointer<nwc_detail>?
) -> Int32 {
    resultCount?.pointee = 0
    return status(detail) {
        let resultCount = try required(resultCount, "result_count")
        let header = try StreamHeader(beginning: region(header, headerCount, "header"))
        let packet = try Packet(body: Array(region(packet, count, "packet")), header: header)
        let body = try packet.stripped(toLayers: Int(layers)).body(header: header)
        try deliver(body, result, capacity, resultCount)
    }
}

@c @implementation
public func nwc_stream_inspect(
    _ bytes: UnsafeRawPointer?, _ count: Int, _ info: UnsafeMutablePointer<nwc_stream_info>?,
    _ detail: UnsafeMutablePointer<nwc_detail>?
) -> Int32 {
    status(detail) {
        let info = try required(info, "info")
        try nwc_stream_info(stream: region(bytes, count, "bytes")).write(to: info)
    }
}

@c @implementation
public func nwc_stream_strip(
    _ bytes: UnsafeRawPointer?, _ count: Int, _ layers: UInt32,
    _ result: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?,
    _ resultCount: UnsafeMutablePointer<Int>?, _ detail: UnsafeMutablePointer<nwc_detail>?
) -> Int32 {
    result?.pointee = nil
    resultCount?.pointee = 0
    return status(detail) {
        let result = try required(result, "result")
        let resultCount = try required(resultCount, "result_count")
        var stripper = try LayerStripper(layers: Int(layers))
        var stream = try stripper.push(region(bytes, count, "bytes"))
        stream += try stripper.finish()
        result.pointee = try CallerMemory.copy(stream)
        resultCount.pointee = stream.count
    }
}

extension StreamHeader {
    /// The header at the start of bytes, and its length.
    init(beginning bytes: UnsafeRawBufferPointer) throws {
        switch try StreamHeader.read(Array(bytes.prefix(Int(NWC_MAX_PATCHED_HEADER)))) {
        case .header(let header, _): self = header
        case .incomplete(let missing): throw BitstreamError.truncated(missing: missing, offset: 0)
        }
    }
}

extension nwc_stream_info {
    /// What a header says.
    init(_ header: StreamHeader) {
        self.init()
        fill(&model_id, header.modelID.bytes)
        source_rate = UInt32(clamping: header.sampleRate)
        channels = UInt32(clamping: header.channelCount)
        layers = UInt32(clamping: header.layerCount)
        blocks_per_packet = UInt32(clamping: header.blocksPerPacket)
        key_interval = UInt32(clamping: header.keyInterval)
        format_version = UInt32(header.formatVersion)
        sample_rate = UInt32(clamping: header.block.sampleRate)
        block_samples = UInt32(clamping: header.block.samples)
        group_channels = UInt32(clamping: header.block.channels)
        header_bytes = UInt32(clamping: header.bytes.count)
        source_samples = header.sampleCount ?? .max
    }

    /// What a whole stream says and holds.
    /// - Throws: `BitstreamError` for anything that is wrong with it, but for its symbols
    init(stream bytes: UnsafeRawBufferPointer) throws {
        self.init()
        var reader = BitstreamReader()
        reader.push(bytes)
        reader.finish()
        while let event = try reader.next() {
            switch event {
            case .header(let header): self = nwc_stream_info(header)
            case .packet(let packet, _):
                packets += 1
                key_packets += packet.isKey ? 1 : 0
                blocks += UInt64(packet.blockCount)
                payload_bytes += UInt64(packet.payloadByteCount)
            case .end(let end): source_samples = end.sampleCount
            // A strict reader throws instead of the last two.
            case .auxiliary, .damaged, .truncated: break
            }
        }
    }
}

extension nwc_packet_info {
    init(_ packet: Packet, _ header: StreamHeader) {
        self.init()
        is_key = packet.isKey ? 1 : 0
        blocks = UInt32(clamping: packet.blockCount)
        samples = UInt32(clamping: packet.blockCount * header.block.samples)
        layers = UInt32(clamping: packet.layerCount)
        fill(&rate_indices, packet.rateIndices)
        payload_bytes = UInt32(clamping: packet.payloadByteCount)
    }
}
