/// Drops upper layers of a stream that arrives in pieces, without decoding or re-encoding.
public struct LayerStripper: Sendable {
    /// Layers to keep.
    public let layers: Int
    private var reader = BitstreamReader(mode: .strict)
    private var writer: BitstreamWriter?
    /// Of the source stream, as soon as it was read.
    public var header: StreamHeader? { reader.header }

    /// - Parameter layers: layers to keep, 1 ... 8; packets with fewer keep all.
    /// - Throws: `BitstreamError.layerSelection`.
    public init(layers: Int) throws(BitstreamError) {
        guard StreamHeader.layerCountRange.contains(layers) else {
            throw .layerSelection(
                layers: layers, minimum: StreamHeader.layerCountRange.lowerBound,
                maximum: StreamHeader.layerCountRange.upperBound)
        }
        self.layers = layers
    }

    /// Adds bytes of the source stream and returns the bytes of the new stream that are ready.
    /// - Throws: what is wrong with the source stream.
    public mutating func push(_ bytes: some Sequence<UInt8>) throws(BitstreamError) -> [UInt8] {
        reader.push(bytes)
        return try drain()
    }

    /// Ends the source stream and returns the last bytes of the new stream.
    /// - Throws: what is wrong with the source stream, `truncated` for instance.
    public mutating func finish() throws(BitstreamError) -> [UInt8] {
        reader.finish()
        return try drain()
    }

    private mutating func drain() throws(BitstreamError) -> [UInt8] {
        var output: [UInt8] = []
        while let event = try reader.next() {
            switch event {
            case .header(let header):
                let writer = BitstreamWriter(try header.stripped(toLayers: layers))
                output += writer.headerBytes()
                self.writer = writer
            case .packet(let packet, _):
                if let record = try writer?.packet(packet.stripped(toLayers: layers)) {
                    output += record
                }
            case .auxiliary(let record, _):
                if let bytes = try writer?.auxiliary(record) { output += bytes }
            case .end(let end):
                if let record = try writer?.end(sampleCount: end.sampleCount) { output += record }
            case .damaged, .truncated:
                // A strict reader throws instead.
                break
            }
        }
        return output
    }
}
