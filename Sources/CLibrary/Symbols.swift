import CMRLCodec
import CNWC

/// Symbols of the header: those of a whole stream, without its sound.
final class SymbolsHandle: Handle {
    let detail = DetailText()
    private(set) var info = nwc_symbols_info()
    /// Of the envelope, then of each layer from the lowest on: all blocks, one behind the other.
    private var parts: [(symbols: [Int32], bits: [Float])] = []

    /// - Throws: `BitstreamError` for anything that is wrong with the stream, `CodecError`
    init(_ model: CodecModel, stream bytes: UnsafeRawBufferPointer) throws {
        var reader = BitstreamReader()
        reader.push(bytes)
        reader.finish()
        var tracer: SymbolTracer?
        while let event = try reader.next() {
            switch event {
            case .header(let header):
                tracer = try SymbolTracer(model: model, header: header)
                parts = Array(repeating: ([], []), count: header.layerCount + 1)
                info.groups = UInt32(clamping: header.groupCount)
                info.layers = UInt32(clamping: header.layerCount)
            case .packet(let packet, _):
                guard let groups = try tracer?.trace(packet) else { throw CodecError.noKeyPacket }
                for block in 0..<packet.blockCount {
                    for group in groups { add(group[block]) }
                }
                info.blocks += UInt64(packet.blockCount)
            // A strict reader throws instead of the last two.
            case .auxiliary, .end, .damaged, .truncated: break
            }
        }
    }

    /// Layers that a packet lacks are zeros of NaN bits.
    private func add(_ block: SymbolTracer.Block) {
        let count = block.layers.first?.symbols.count ?? 0
        info.bands = UInt32(clamping: block.envelope.count)
        info.frames = UInt32(clamping: block.frames)
        info.coefficients = UInt32(clamping: count / max(block.frames, 1))
        parts[0].symbols += block.envelope
        parts[0].bits += block.envelopeBits
        for index in parts.indices.dropFirst() {
            let isThere = block.layers.indices.contains(index - 1)
            let layer =
                isThere ? block.layers[index - 1] : SymbolTracer.Layer(missing: count)
            parts[index].symbols += layer.symbols
            parts[index].bits += layer.bits
        }
    }

    /// - Parameters:
    ///   - layer: 0 = the envelope
    ///   - symbols, bits: room for `capacity` numbers each; NULL = not wanted
    /// - Returns: how many there are
    func copy(
        _ layer: UInt32, _ symbols: UnsafeMutablePointer<Int32>?,
        _ bits: UnsafeMutablePointer<Float>?,
        _ capacity: Int, _ count: UnsafeMutablePointer<Int>
    ) throws {
        guard
            let part = Int(exactly: layer).flatMap({ parts.indices.contains($0) ? parts[$0] : nil })
        else {
            throw Failure(
                NWC_ERROR_ARGUMENT, "layer \(layer); possible are 0 to \(parts.count - 1)")
        }
        count.pointee = part.symbols.count
        guard capacity >= part.symbols.count else {
            throw Failure(
                NWC_ERROR_BUFFER, "room for \(max(capacity, 0)) symbols of \(part.symbols.count)")
        }
        symbols?.update(from: part.symbols, count: part.symbols.count)
        bits?.update(from: part.bits, count: part.bits.count)
    }
}

@c @implementation
public func nwc_symbols_create(
    _ model: OpaquePointer?, _ bytes: UnsafeRawPointer?, _ count: Int,
    _ symbols: UnsafeMutablePointer<OpaquePointer?>?, _ detail: UnsafeMutablePointer<nwc_detail>?
) -> Int32 {
    symbols?.pointee = nil
    return status(detail) {
        let symbols = try required(symbols, "symbols")
        let model = try ModelHandle.of(model, "model").model
        symbols.pointee = try SymbolsHandle(model, stream: region(bytes, count, "bytes")).pointer
    }
}

@c @implementation
public func nwc_symbols_free(_ symbols: OpaquePointer?) { SymbolsHandle.free(symbols) }

@c @implementation
public func nwc_symbols_get_info(
    _ symbols: OpaquePointer?, _ info: UnsafeMutablePointer<nwc_symbols_info>?
) -> Int32 {
    SymbolsHandle.call(symbols, "symbols") { try $0.info.write(to: required(info, "info")) }
}

@c @implementation
public func nwc_symbols_copy(
    _ symbols: OpaquePointer?, _ layer: UInt32, _ values: UnsafeMutablePointer<Int32>?,
    _ bits: UnsafeMutablePointer<Float>?, _ capacity: Int, _ count: UnsafeMutablePointer<Int>?
) -> Int32 {
    count?.pointee = 0
    return SymbolsHandle.call(symbols, "symbols") {
        try $0.copy(layer, values, bits, capacity, required(count, "count"))
    }
}
