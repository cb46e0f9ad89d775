import NeuralNetwork

/// The envelope of a packet's blocks, as encoder and decoder know it.
struct PacketEnvelope {
    /// Dequantised log amplitudes, rows of bands, one a block.
    var bands: [Float] = []
    /// The same in integers, Q8.
    var fixed: [[Int]] = []

    var blocks: Int { fixed.count }

    /// Adds a block.
    /// - Parameter symbols: of its bands
    mutating func append(_ symbols: [Int], fixed values: [Int], _ rates: PacketRates) {
        for (b, symbol) in symbols.enumerated() {
            bands.append(Float(max(-65536, min(65536, symbol))) * rates.shape.inverse[b])
        }
        fixed.append(values)
    }
}

/// What follows from a packet's envelope and rates, in the arithmetic of streams and in integers.
extension ModelCore {
    /// Blocks that run through the network together: enough for the kernels, few enough for caches.
    var sliceBlocks: Int { max(12 / configuration.framesPerBlock, 1) }

    /// Ranges of at most `sliceBlocks` blocks.
    func slices(_ blocks: Int) -> [Range<Int>] {
        stride(from: 0, to: blocks, by: sliceBlocks).map { $0..<min($0 + sliceBlocks, blocks) }
    }

    private func bands(_ envelope: PacketEnvelope, _ blocks: Range<Int>, _ graph: Graph<Float>)
        -> Tensor<Float>
    {
        let count = configuration.envelopeWidth
        return graph.input(
            Shape(1, blocks.count, count),
            envelope.bands[blocks.lowerBound * count..<blocks.upperBound * count])
    }

    /// Of some blocks of a packet.
    func shaping(
        _ envelope: PacketEnvelope, _ blocks: Range<Int>, _ rates: PacketRates,
        _ graph: Graph<Float>
    ) -> Shaping<Float> {
        let perBlock = configuration.framesPerBlock * configuration.frameWidth
        let frames = blocks.count * configuration.framesPerBlock
        let bands = self.bands(envelope, blocks, graph)
        var signs: Tensor<Float>?
        if configuration.randomSigns == true {
            let tensor = graph.tensor(Shape(1, frames, configuration.frameWidth), tracked: false)
            for (i, block) in blocks.enumerated() {
                RandomSigns.fill(
                    tensor.data + i * perBlock, perBlock,
                    seed: RandomSigns.seed(envelope: envelope.fixed[block]))
            }
            signs = tensor
        }
        return network.shaping(
            bands: bands, wide: network.envelope.widen(bands, graph),
            exponent: rows(rates.shape.exponent, frames, graph), signs: signs, graph)
    }

    /// A row for every frame.
    func rows(_ row: [Float], _ frames: Int, _ graph: Graph<Float>) -> Tensor<Float> {
        graph.repeatFrames(graph.input(Shape(1, 1, row.count), row), frames)
    }

    /// Side information of a module for some blocks of a packet: envelope, rates.
    func side(
        _ envelope: PacketEnvelope, _ blocks: Range<Int>, _ rates: PacketRates, module: Int,
        _ graph: Graph<Float>
    ) -> Tensor<Float> {
        side(network.side(bands(envelope, blocks, graph), graph), rates, module: module, graph)
    }

    /// The same from the envelope's part.
    func side(
        _ envelope: Tensor<Float>, _ rates: PacketRates, module: Int, _ graph: Graph<Float>
    ) -> Tensor<Float> {
        let knots = rates.points[...module].flatMap(\.knots)
        return graph.concatenate([envelope, rows(knots, envelope.shape.frames, graph)])
    }

    /// Side information of a module for a block in integers, padded for `CoefficientModel`.
    func fixedSide(_ envelope: [Int], _ rates: PacketRates, module: Int) -> [Int16] {
        var row = envelope.map { activation($0) }
        for point in rates.points[...module] { row += point.fixedKnots }
        return row + [Int16](repeating: 0, count: (32 - row.count % 32) % 32)
    }

    /// Begins a block in the entropy model of a module.
    /// - Parameter spread: as `spread(envelope:_:)` of the block
    func begin(
        _ envelope: [Int], spread: [Int32], _ rates: PacketRates, module: Int,
        state: CoefficientModel.State
    ) {
        contexts[module].begin(
            side: fixedSide(envelope, rates, module: module), spread: spread,
            logGain: rates.points[module].logGain, state: state)
    }

    /// Begins a block in the entropy model of a nested layer above the first: the network is told
    /// the layer's own rate, steps are those of the first layer, divided.
    /// - Parameters:
    ///   - spread: as of the first layer
    ///   - layer: counts from 0
    func beginNested(
        _ envelope: [Int], spread: [Int32], _ rates: PacketRates, layer: Int,
        state: CoefficientModel.State
    ) {
        contexts[0].begin(
            side: fixedSide(envelope, rates.levels[layer], module: 0), spread: spread,
            logGain: rates.points[0].logGain, layer: layer, state: state)
    }

    /// What symbols of the topmost of some nested layers are multiplied by, to be those of a stream
    /// of one layer at its index: the first layer's steps, divided, in steps of that index, for
    /// every coefficient of some blocks' frames.
    ///
    ///     exp(wide (exponent_1 - exponent_L)) gain_L / gain_1 / 3^(L - 1)
    ///
    /// - Parameters:
    ///   - base: shaping at the first layer's index
    ///   - top: the same at that of the topmost layer
    func nestedUnits(
        base: Shaping<Float>, top: Shaping<Float>, _ rates: PacketRates, layers: Int,
        _ graph: Graph<Float>
    ) -> Tensor<Float> {
        let level = rates.levels[layers - 1]
        let divisor = Float((1..<layers).reduce(1) { product, _ in product * 3 })
        let row = zip(level.points[0].gain, rates.points[0].inverse).map { $0 * $1 / divisor }
        let frames = base.restore.shape.frames
        return graph.multiply(
            graph.divide(base.restore, top.restore), rows(row, frames, graph))
    }

    /// Passes the frames of a block through a channel.
    /// - Parameters:
    ///   - symbols: of the whole packet; those of the block are replaced by what the channel
    ///     returns
    ///   - below: of the module below, or of the layer below where layers are nested
    func pass<C: SymbolChannel>(
        _ symbols: inout [Int32], below: [Int32]?, block: Int, module: Int,
        state: CoefficientModel.State, channel: inout C
    ) throws(EntropyCodingError) {
        let width = configuration.frameWidth
        let perBlock = configuration.framesPerBlock
        let context = contexts[module]
        // Not by closures over the buffers: `channel` may be used by one only.
        let own = UnsafeMutablePointer<Int32>.allocate(capacity: 2 * width)
        defer { own.deallocate() }
        let lower = own + width
        for frame in block * perBlock..<(block + 1) * perBlock {
            for k in 0..<width { own[k] = symbols[frame * width + k] }
            if let below { for k in 0..<width { lower[k] = below[frame * width + k] } }
            try context.pass(
                own, below: below == nil ? nil : UnsafePointer(lower), state: state,
                channel: &channel)
            for k in 0..<width { symbols[frame * width + k] = own[k] }
        }
    }
}
