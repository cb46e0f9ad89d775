/// Reads the symbols of a stream without making sound of them, and says what each cost: what the
/// bits of a stream are spent on.
package final class SymbolTracer {
    /// Coefficients of a block in one layer.
    package struct Layer: Sendable, Equatable {
        /// Rows of a frame's coefficients, as they were coded.
        package var symbols: [Int32] = []
        /// -log2 of the probability that each was coded with, sign, low bits and escape included.
        package var bits: [Float] = []

        package init() {}

        /// What stands for symbols that are not there, or could not be read: zeros of NaN bits.
        /// - Parameter count: of symbols
        package init(missing count: Int) {
            symbols = Array(repeating: 0, count: count)
            bits = Array(repeating: .nan, count: count)
        }
    }

    /// A block of a group of channels.
    package struct Block: Sendable, Equatable {
        /// Frames, whose coefficients lie one behind the other in every layer.
        package let frames: Int
        /// Differences of the envelope's bands from what was predicted, as they were coded.
        package var envelope: [Int32] = []
        package var envelopeBits: [Float] = []
        /// From the lowest layer on.
        package var layers: [Layer] = []
    }

    private let model: CodecModel
    private let core: ModelCore
    private let header: StreamHeader
    private let places: [GroupPlace]
    private var contexts: [GroupDecoder.SymbolContextState]
    private var rates: PacketRates?
    private var loweredRates: LoweredRates
    /// Layers that were in every packet since the key packet; 0 = out of step.
    private var layersInStep = 0

    /// - Throws: as `CodecDecoder.init`, and `CodecError.family` for models of other families than
    ///   that of the lapped transform
    package init(model: CodecModel, header: StreamHeader) throws(CodecError) {
        let model = try model.adapted(to: header)
        self.model = model
        let core = try model.core
        self.core = core
        self.header = header
        loweredRates = LoweredRates(header.layering)
        places = model.places(groups: header.groupCount)
        contexts = (0..<header.groupCount).map { _ in GroupDecoder.SymbolContextState(core) }
    }

    /// A packet is missing: what follows cannot be read before the next key packet.
    package func lose() { layersInStep = 0 }

    /// - Returns: blocks of each group, `[group][block]`; nil where they cannot be read because of
    ///   what was lost before
    /// - Throws: `CodecError.entropy` for symbols that no encoder writes
    package func trace(_ packet: Packet) throws(CodecError) -> [[Block]]? {
        guard packet.chunks.count == contexts.count else {
            throw .groupCountMismatch(got: packet.chunks.count, expected: contexts.count)
        }
        if packet.isKey {
            let known = model.layerRange(header.layering).upperBound
            let indices = Array(packet.rateIndices.prefix(known))
            guard !indices.isEmpty else { throw .keyPacketWithoutRates }
            if indices != rates?.indices {
                rates = PacketRates(core, indices, header.layering)
            }
            layersInStep = indices.count
        }
        layersInStep = packet.chunks.reduce(layersInStep) { min($0, $1.count) }
        guard layersInStep > 0, let rates else { return nil }
        let tables = try model.tables
        var result: [[Block]] = []
        var lead: PairRotation?
        for (group, chunks) in packet.chunks.enumerated() {
            var blocks = [Block](
                repeating: Block(
                    frames: model.signal.framesPerBlock,
                    layers: Array(repeating: Layer(), count: layersInStep)),
                count: packet.blockCount)
            do throws(EntropyCodingError) {
                let offset = places[group] == .secondOfPair ? lead?.offset ?? 0 : 0
                let own = loweredRates.rates(core, rates, by: offset)
                let read = try GroupDecoder.read(
                    core, layers: layersInStep, blocks: packet.blockCount, rates: own,
                    isKey: packet.isKey,
                    place: places[group],
                    context: packet.isKey
                        ? GroupDecoder.SymbolContextState(core) : contexts[group].copy()
                ) { layer in
                    TracingChannel(tables, header.layering, chunks[layer], layer: layer)
                } _: { block, layer, channel in
                    let found = channel.take()
                    if layer == 0 {
                        (blocks[block].envelope, blocks[block].envelopeBits) = (
                            found.envelope.symbols, found.envelope.bits
                        )
                    }
                    blocks[block].layers[layer] = found.coefficients
                }
                if let behind = read.context { contexts[group] = behind }
                lead = read.rotation
            } catch {
                layersInStep = 0
                throw .entropy(error)
            }
            result.append(blocks)
        }
        return result
    }
}

/// Decodes, and notes symbols and their lengths.
private struct TracingChannel: ReadingChannel {
    private var channel: DecodingChannel
    private var envelope = SymbolTracer.Layer()
    private var coefficients = SymbolTracer.Layer()

    init(_ tables: SymbolTables, _ layering: Layering, _ bytes: [UInt8], layer: Int) {
        channel = DecodingChannel(tables, layering, bytes, packet: 0, layer: layer)
    }

    var hash: SymbolHash { channel.hash }

    mutating func envelope(_ value: Int, table: Int) throws(EntropyCodingError) -> Int {
        let symbol = try channel.envelope(value, table: table)
        envelope.symbols.append(Int32(clamping: symbol))
        var cost = CostChannel(tables: channel.tables)
        _ = try cost.envelope(symbol, table: table)
        envelope.bits.append(Float(cost.bits))
        return symbol
    }

    mutating func coefficient(_ value: Int, table: Int, module: Int) throws(EntropyCodingError)
        -> Int
    {
        let symbol = try channel.coefficient(value, table: table, module: module)
        coefficients.symbols.append(Int32(clamping: symbol))
        var cost = CostChannel(tables: channel.tables)
        _ = try cost.coefficient(symbol, table: table, module: module)
        coefficients.bits.append(Float(cost.bits))
        return symbol
    }

    mutating func nested(_ value: Int, below: Int, table: Int) throws(EntropyCodingError) -> Int {
        let symbol = channel.nested(value, below: below, table: table)
        coefficients.symbols.append(Int32(clamping: symbol))
        var cost = CostChannel(tables: channel.tables)
        _ = cost.nested(symbol, below: below, table: table)
        coefficients.bits.append(Float(cost.bits))
        return symbol
    }

    mutating func bits(_ value: Int, count: Int) -> Int { channel.bits(value, count: count) }

    mutating func rareFlag(_ value: Bool) -> Bool { channel.rareFlag(value) }

    /// What was noted since the last time.
    mutating func take() -> (envelope: SymbolTracer.Layer, coefficients: SymbolTracer.Layer) {
        defer { (envelope, coefficients) = (SymbolTracer.Layer(), SymbolTracer.Layer()) }
        return (envelope, coefficients)
    }
}
