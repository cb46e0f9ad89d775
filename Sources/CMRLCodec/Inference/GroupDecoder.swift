import NeuralNetwork

/// A group of channels on its way from symbols to samples; samples are interleaved.
final class GroupDecoder {
    private let core: ModelCore
    /// Shared with the other groups of a stream.
    private let graph: Graph<Float>
    /// Streams of the modules' decoders; that of the first one goes on to the coefficients.
    private let decoders: [StreamState<Float>]
    private let synthesis = StreamState<Float>()
    private var context: SymbolContextState
    /// Frames since the last key packet.
    private var frameNumber: UInt32 = 0
    /// Of each channel as it is transformed.
    private var concealments: [Concealment]
    /// Packets so far, concealed ones too, and the sum of the hashes of the decoded ones' chunks.
    private var packetCount = 0
    private(set) var symbolChecksum: UInt64 = 0

    /// What the entropy models remember of a group.
    struct SymbolContextState {
        fileprivate var envelope: EnvelopeModel.State
        /// Of each module.
        fileprivate var modules: [CoefficientModel.State]

        init(_ core: ModelCore) {
            envelope = core.envelope.makeState()
            modules = core.contexts.map { $0.makeState() }
        }

        /// To read a packet that may turn out damaged.
        func copy() -> Self {
            var copy = self
            copy.modules = modules.map { $0.copy() }
            return copy
        }
    }

    /// A packet that was read: nothing can fail any more.
    struct ReadPacket {
        let envelope: PacketEnvelope
        /// Of each layer, rows of a frame's coefficients.
        let symbols: [[Int32]]
        fileprivate let isKey: Bool
        fileprivate let hash: UInt64
        /// Behind the packet.
        let context: SymbolContextState
    }

    init(_ core: ModelCore, _ graph: Graph<Float>) {
        self.core = core
        self.graph = graph
        decoders = core.contexts.map { _ in StreamState() }
        context = SymbolContextState(core)
        concealments = (0..<core.configuration.signal.channels).map { _ in
            Concealment(core.configuration.signal)
        }
    }

    /// Reads a packet's chunks (one per layer, at least one). The decoder is as it was until
    /// `decode`.
    func read(
        chunks: [[UInt8]], blocks: Int, rates: PacketRates, isKey: Bool, tables: SymbolTables
    ) throws(EntropyCodingError) -> ReadPacket {
        let context = isKey ? SymbolContextState(core) : context.copy()
        return try Self.read(
            core, layers: chunks.count, blocks: blocks, rates: rates, isKey: isKey,
            context: context
        ) {
            DecodingChannel(tables, chunks[$0], packet: packetCount, layer: $0)
        } _: { _, _, _ in
        }
    }

    /// Reads a packet from channels.
    /// - Parameters:
    ///   - context: of the group before the packet; that of the result is the one behind it
    ///   - open: makes the channel of a layer
    ///   - blockRead: told behind each block of a layer
    static func read<Channel: ReadingChannel>(
        _ core: ModelCore, layers: Int, blocks: Int, rates: PacketRates, isKey: Bool,
        context: SymbolContextState, _ open: (_ layer: Int) -> Channel,
        _ blockRead: (_ block: Int, _ layer: Int, inout Channel) -> Void
    ) throws(EntropyCodingError) -> ReadPacket {
        let width = core.configuration.frameWidth
        let bands = core.configuration.envelopeWidth
        let perBlock = core.configuration.framesPerBlock
        let layers = min(layers, min(core.contexts.count, rates.points.count))
        var context = context
        var channel = open(0)
        var envelope = PacketEnvelope()
        var spreads: [[Int32]] = []
        var symbols = [[Int32]](
            repeating: Array(repeating: 0, count: blocks * perBlock * width), count: layers)
        // Envelope and first module are interleaved block by block.
        for block in 0..<blocks {
            var row = [Int](repeating: 0, count: bands)
            var fixed = row
            try core.envelope.pass(
                &row, envelope: &fixed, rate: rates.shape.envelope, state: &context.envelope,
                channel: &channel)
            envelope.append(row, fixed: fixed, rates)
            let spread = core.spread(envelope: fixed, rates.shape)
            core.begin(fixed, spread: spread, rates, module: 0, state: context.modules[0])
            try core.pass(
                &symbols[0], below: nil, block: block, module: 0, state: context.modules[0],
                channel: &channel)
            blockRead(block, 0, &channel)
            if layers > 1 { spreads.append(spread) }
        }
        var hash = channel.hash.value
        for module in 1..<max(layers, 1) {
            var channel = open(module)
            let below = symbols[module - 1]
            for block in 0..<blocks {
                core.begin(
                    envelope.fixed[block], spread: spreads[block], rates, module: module,
                    state: context.modules[module])
                try core.pass(
                    &symbols[module], below: below, block: block, module: module,
                    state: context.modules[module], channel: &channel)
                blockRead(block, module, &channel)
            }
            hash &+= channel.hash.value
        }
        return ReadPacket(
            envelope: envelope, symbols: symbols, isKey: isKey, hash: hash, context: context)
    }

    /// Finished samples of a packet that was read last.
    func decode(_ packet: ReadPacket, rates: PacketRates) -> [Float] {
        context = packet.context
        packetCount += 1
        symbolChecksum &+= packet.hash
        if packet.isKey { frameNumber = 0 }
        // A module that is absent starts afresh when it comes back.
        for state in decoders.dropFirst(max(packet.symbols.count, 1)) { state.reset() }
        var result: [Float] = []
        result.reserveCapacity(packet.symbols.first?.count ?? 0)
        for blocks in core.slices(packet.envelope.blocks) {
            play(packet, blocks, rates, into: &result)
        }
        hear(result)
        return result
    }

    private func play(
        _ packet: ReadPacket, _ blocks: Range<Int>, _ rates: PacketRates,
        into result: inout [Float]
    ) {
        let width = core.configuration.frameWidth
        let perBlock = core.configuration.framesPerBlock
        let frames = blocks.count * perBlock
        let layers = packet.symbols.count
        graph.releaseTensors()
        let shaping = core.shaping(packet.envelope, blocks, rates, graph)
        let none = graph.zeros(Shape(1, frames, width))
        var noise = none
        if core.configuration.modules[layers - 1].noiseFilling {
            noise = graph.tensor(Shape(1, frames, width), tracked: false)
            NoiseFilling.fill(noise.data, first: frameNumber, frames: frames, width: width)
        }
        frameNumber &+= UInt32(truncatingIfNeeded: frames)
        func symbols(_ module: Int) -> Tensor<Float> {
            let tensor = graph.tensor(Shape(1, frames, width), tracked: false)
            let first = blocks.lowerBound * perBlock * width
            for i in 0..<frames * width {
                tensor.data[i] = Float(packet.symbols[module][first + i])
            }
            return tensor
        }
        // Only the highest module that was decoded fills in its noise.
        var upper = none
        for module in 1..<max(layers, 1) {
            let side = core.side(shaping.side, rates, module: module, graph)
            let part = graph.run(decoders[module]) {
                core.network.modules[module].decode(
                    symbols(module), side: side,
                    filling: module == layers - 1 ? noise : none, graph
                ).coefficients(
                    unit: core.rows(rates.points[module].inverse, frames, graph), isFilled: true,
                    graph)
            }
            upper = graph.add(upper, part)
        }
        let side = core.side(shaping.side, rates, module: 0, graph)
        output(
            graph.run(decoders[0]) {
                core.network.coefficients(
                    symbols: symbols(0),
                    unit: core.rows(rates.points[0].inverse, frames, graph), side: side,
                    filling: layers == 1 ? noise : none, upper: upper, restore: shaping.restore,
                    graph)
            }, into: &result)
    }

    /// The frames that were waiting for frames ahead.
    func flush() -> [Float] {
        let width = core.configuration.frameWidth
        graph.releaseTensors()
        let none = graph.zeros(Shape(1, 0, width))
        let sides = core.configuration.envelopeWidth + core.configuration.rateKnots
        var result: [Float] = []
        output(
            graph.run(decoders[0], isEnding: true) {
                core.network.coefficients(
                    symbols: none, unit: none, side: graph.zeros(Shape(1, 0, sides)),
                    filling: none, upper: none, restore: none, graph)
            }, into: &result)
        decoders[0].reset()
        hear(result)
        return result
    }

    /// Frames in place of lost ones.
    func conceal(blocks: Int) -> [Float] {
        packetCount += 1
        var result = flush()
        for state in decoders { state.reset() }
        let hop = core.configuration.hop
        let perBlock = core.configuration.framesPerBlock
        let spectra = concealments.indices.map {
            concealments[$0].next(frames: blocks * perBlock, analyse: analyse)
        }
        var concealed: [Float] = []
        concealed.reserveCapacity(blocks * perBlock * core.configuration.frameWidth)
        for blocks in core.slices(blocks) {
            graph.releaseTensors()
            let values = blocks.lowerBound * perBlock * hop..<blocks.upperBound * perBlock * hop
            let parts = spectra.map {
                graph.input(Shape(1, blocks.count * perBlock, hop), $0[values])
            }
            synthesise(graph.concatenate(parts), into: &concealed)
        }
        hear(concealed)
        result += concealed
        return result
    }

    /// Samples that were given out, decoded or concealed.
    private func hear(_ samples: [Float]) {
        let count = concealments.count
        guard count > 1 else {
            concealments[0].hear(samples)
            return
        }
        graph.releaseTensors()
        let x = core.network.transform.rotate(
            graph.input(Shape(1, samples.count / count, count), samples), graph)
        for c in 0..<count {
            concealments[c].hear(stride(from: c, to: x.count, by: count).map { x.data[$0] })
        }
    }

    /// Spectra of the frames inside a stretch of a channel's samples, a hop less.
    private func analyse(_ samples: [Float]) -> [Float] {
        let hop = core.configuration.hop
        let state = StreamState<Float>()
        var result: [Float] = []
        result.reserveCapacity(samples.count)
        let piece = core.sliceBlocks * core.configuration.framesPerBlock * hop
        for start in stride(from: 0, to: samples.count, by: piece) {
            graph.releaseTensors()
            let part = samples[start..<min(start + piece, samples.count)]
            let c = graph.run(state) {
                core.network.transform.analyseChannel(
                    graph.input(Shape(1, part.count, 1), part), graph)
            }
            result += UnsafeBufferPointer(start: c.data, count: c.count)
        }
        // The first frame begins before the stretch.
        result.removeFirst(min(hop, result.count))
        return result
    }

    /// Far beyond every real sound: full scale is about 1000.
    private static let largestCoefficient: Float = 1e9

    private func output(_ c: Tensor<Float>, into result: inout [Float]) {
        guard c.shape.frames > 0 else { return }
        // A hostile stream can ask for more than numbers hold: the sound stays finite.
        for i in 0..<c.count where !(c.data[i].magnitude <= Self.largestCoefficient) {
            c.data[i] = 0
        }
        let hop = core.configuration.hop
        let last = c.data + c.count - hop * concealments.count
        for i in concealments.indices {
            concealments[i].remember(
                Array(UnsafeBufferPointer(start: last + i * hop, count: hop)))
        }
        synthesise(c, into: &result)
    }

    private func synthesise(_ c: Tensor<Float>, into result: inout [Float]) {
        let samples = graph.run(synthesis) { core.network.transform.synthesise(c, graph) }
        result += UnsafeBufferPointer(start: samples.data, count: samples.count)
    }
}
