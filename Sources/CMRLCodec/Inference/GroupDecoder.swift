import NeuralNetwork

/// A group of channels on its way from symbols to samples; samples are interleaved.
final class GroupDecoder {
    private let core: ModelCore
    /// Shared with the other groups of a stream.
    private let graph: Graph<Float>
    /// Streams of the modules' decoders; that of the first one goes on to the coefficients.
    private let decoders: [StreamState<Float>]
    private let synthesis = StreamState<Float>()
    /// Gains of frames whose coefficients are to come, and that of the latest one.
    private var waitingAttacks: [AttackGain] = []
    private var lastAttack = AttackGain.none
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
        /// Of each nested layer above the first, as many as came.
        fileprivate var nested: [CoefficientModel.State] = []
        /// What came of it since the last key packet.
        fileprivate var rotation: PairRotation?

        init(_ core: ModelCore) {
            envelope = core.envelope.makeState()
            modules = core.contexts.map { $0.makeState() }
        }

        /// To read a packet that may turn out damaged.
        func copy() -> Self {
            var copy = self
            copy.modules = modules.map { $0.copy() }
            copy.nested = nested.map { $0.copy() }
            return copy
        }
    }

    /// A packet that was read, or one that was never coded: nothing can fail any more.
    struct ReadPacket {
        var envelope: PacketEnvelope
        /// Of each layer, rows of a frame's coefficients.
        var symbols: [[Int32]]
        /// Of the first group of a pair.
        let rotation: PairRotation?
        /// Gains of all frames, where they were sent with this group.
        var attacks: [AttackGain]
        /// Blocks at which a key packet begins: none, the first, or more of a run of packets.
        var keyBlocks: [Int]
        /// Of the chunks; 0 where there are none.
        var hash: UInt64 = 0
        /// Behind the packet; nil where nothing will be read.
        var context: SymbolContextState?

        /// Some of the blocks.
        /// - Parameter keys: those at which key packets begin
        func part(_ blocks: Range<Int>, keys: [Int], _ configuration: NetworkConfiguration)
            -> ReadPacket
        {
            var part = self
            part.keyBlocks = keys.filter(blocks.contains).map { $0 - blocks.lowerBound }
            guard blocks.count < envelope.blocks else { return part }
            func slice<T>(_ values: [T], _ perBlock: Int) -> [T] {
                Array(values[blocks.lowerBound * perBlock..<blocks.upperBound * perBlock])
            }
            let frames = configuration.framesPerBlock
            part.envelope.bands = slice(envelope.bands, configuration.envelopeWidth)
            part.envelope.fixed = slice(envelope.fixed, 1)
            part.symbols = symbols.map { slice($0, frames * configuration.frameWidth) }
            if !attacks.isEmpty { part.attacks = slice(attacks, frames) }
            return part
        }
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
        chunks: [[UInt8]], blocks: Int, rates: PacketRates, isKey: Bool, place: GroupPlace,
        tables: SymbolTables
    ) throws(EntropyCodingError) -> ReadPacket {
        let context = isKey ? SymbolContextState(core) : context.copy()
        return try Self.read(
            core, layers: chunks.count, blocks: blocks, rates: rates, isKey: isKey,
            place: place, context: context
        ) {
            DecodingChannel(
                tables, rates.layering, chunks[$0], packet: packetCount, layer: $0)
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
        place: GroupPlace, context: SymbolContextState, _ open: (_ layer: Int) -> Channel,
        _ blockRead: (_ block: Int, _ layer: Int, inout Channel) -> Void
    ) throws(EntropyCodingError) -> ReadPacket {
        let width = core.configuration.frameWidth
        let bands = core.configuration.envelopeWidth
        let perBlock = core.configuration.framesPerBlock
        let isNested = rates.layering == .nested
        let layers = min(
            layers, isNested ? rates.layerCount : min(core.contexts.count, rates.layerCount))
        var context = context
        var channel = open(0)
        var envelope = PacketEnvelope()
        var spreads: [[Int32]] = []
        var symbols = [[Int32]](
            repeating: Array(repeating: 0, count: blocks * perBlock * width), count: layers)
        var rotation: PairRotation?
        if place == .firstOfPair {
            var read = PairRotation(bands: bands)
            try read.pass(last: context.rotation, &channel)
            context.rotation = read
            rotation = read
        }
        // Envelope and first module are interleaved block by block.
        let readsAttacks = core.configuration.attackGain == true && place != .secondOfPair
        var attacks = [AttackGain](
            repeating: .none, count: readsAttacks ? blocks * perBlock : 0)
        for block in 0..<blocks {
            if readsAttacks {
                for frame in block * perBlock..<(block + 1) * perBlock {
                    try attacks[frame].pass(&channel)
                }
            }
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
        for layer in 1..<max(layers, 1) {
            var channel = open(layer)
            let below = symbols[layer - 1]
            if isNested, context.nested.count < layer {
                context.nested.append(core.contexts[0].makeState())
            }
            let state = isNested ? context.nested[layer - 1] : context.modules[layer]
            for block in 0..<blocks {
                if isNested {
                    core.beginNested(
                        envelope.fixed[block], spread: spreads[block], rates, layer: layer,
                        state: state)
                } else {
                    core.begin(
                        envelope.fixed[block], spread: spreads[block], rates, module: layer,
                        state: state)
                }
                try core.pass(
                    &symbols[layer], below: below, block: block, module: isNested ? 0 : layer,
                    state: state, channel: &channel)
                blockRead(block, layer, &channel)
            }
            hash &+= channel.hash.value
        }
        return ReadPacket(
            envelope: envelope, symbols: symbols, rotation: rotation, attacks: attacks,
            keyBlocks: isKey ? [0] : [], hash: hash, context: context)
    }

    /// Coefficients of a packet that was read last, as far as they are known, rows of a frame's;
    /// `sound` makes samples of them.
    /// - Parameter attacks: gains of the packet's frames; none = 1
    func coefficients(
        _ packet: ReadPacket, rates: PacketRates, attacks: [AttackGain]
    ) -> [Float] {
        waitingAttacks += attacks
        if let behind = packet.context { context = behind }
        packetCount += 1
        symbolChecksum &+= packet.hash
        // A module that is absent starts afresh when it comes back.
        let modules = rates.layering == .nested ? 1 : packet.symbols.count
        for state in decoders.dropFirst(max(modules, 1)) { state.reset() }
        var result: [Float] = []
        result.reserveCapacity(packet.symbols.first?.count ?? 0)
        for blocks in core.slices(packet.envelope.blocks) {
            play(packet, blocks, rates, into: &result)
        }
        return result
    }

    /// Samples of the next frames.
    /// - Parameter coefficients: as `coefficients` or `flush` gave them
    func sound(_ coefficients: [Float]) -> [Float] {
        guard !coefficients.isEmpty else { return [] }
        let hop = core.configuration.hop
        let last = coefficients.count - hop * concealments.count
        for i in concealments.indices {
            concealments[i].remember(Array(coefficients[last + i * hop..<last + (i + 1) * hop]))
        }
        return synthesised(coefficients)
    }

    /// Noise of a module for the next blocks, some of a packet's; zeros where it fills in none.
    private func nextNoise(_ packet: ReadPacket, _ blocks: Range<Int>, module: Int)
        -> Tensor<Float>
    {
        let perBlock = core.configuration.framesPerBlock
        let width = core.configuration.frameWidth
        let shape = Shape(1, blocks.count * perBlock, width)
        let isFilled = core.configuration.modules[module].noiseFilling
        let noise = isFilled ? graph.tensor(shape, tracked: false) : graph.zeros(shape)
        for (i, block) in blocks.enumerated() {
            if packet.keyBlocks.contains(block) { frameNumber = 0 }
            if isFilled {
                NoiseFilling.fill(
                    noise.data + i * perBlock * width, first: frameNumber, frames: perBlock,
                    width: width)
            }
            frameNumber &+= UInt32(truncatingIfNeeded: perBlock)
        }
        return noise
    }

    /// Symbols of some blocks of a packet as real numbers.
    private func symbols(_ packet: ReadPacket, layer: Int, _ blocks: Range<Int>) -> Tensor<Float> {
        let width = core.configuration.frameWidth
        let perBlock = core.configuration.framesPerBlock
        let tensor = graph.tensor(
            Shape(1, blocks.count * perBlock, width), tracked: false)
        let first = blocks.lowerBound * perBlock * width
        for i in 0..<tensor.count { tensor.data[i] = Float(packet.symbols[layer][first + i]) }
        return tensor
    }

    /// Nested layers are decoded by the first module alone, at the rate of the topmost.
    private func play(
        _ packet: ReadPacket, _ blocks: Range<Int>, _ rates: PacketRates,
        into result: inout [Float]
    ) {
        let width = core.configuration.frameWidth
        let perBlock = core.configuration.framesPerBlock
        let frames = blocks.count * perBlock
        let layers = packet.symbols.count
        let isNested = rates.layering == .nested
        let level = isNested ? rates.levels[layers - 1] : rates
        let modules = isNested ? 1 : layers
        graph.releaseTensors()
        let shaping = core.shaping(packet.envelope, blocks, level, graph)
        let none = graph.zeros(Shape(1, frames, width))
        let noise = nextNoise(packet, blocks, module: modules - 1)
        var first = symbols(packet, layer: layers - modules, blocks)
        if layers > modules {
            let base = core.shaping(packet.envelope, blocks, rates, graph)
            first = graph.multiply(
                first,
                core.nestedUnits(base: base, top: shaping, rates, layers: layers, graph))
        }
        // Only the highest module that was decoded fills in its noise.
        var upper = none
        for module in 1..<max(modules, 1) {
            let side = core.side(shaping.side, level, module: module, graph)
            let part = graph.run(decoders[module]) {
                core.network.modules[module].decode(
                    symbols(packet, layer: module, blocks), side: side,
                    filling: module == modules - 1 ? noise : none, graph
                ).coefficients(
                    unit: core.rows(level.points[module].inverse, frames, graph), isFilled: true,
                    graph)
            }
            upper = graph.add(upper, part)
        }
        let side = core.side(shaping.side, level, module: 0, graph)
        output(
            graph.run(decoders[0]) {
                core.network.coefficients(
                    symbols: first,
                    unit: core.rows(level.points[0].inverse, frames, graph), side: side,
                    filling: modules == 1 ? noise : none, upper: upper, restore: shaping.restore,
                    graph)
            }, into: &result)
    }

    /// Coefficients of the frames that were waiting for frames ahead.
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
        return result
    }

    /// Samples in place of lost frames, behind `flush`.
    func conceal(blocks: Int) -> [Float] {
        packetCount += 1
        waitingAttacks = []
        for state in decoders { state.reset() }
        let hop = core.configuration.hop
        let perBlock = core.configuration.framesPerBlock
        let spectra = concealments.indices.map {
            concealments[$0].next(frames: blocks * perBlock, analyse: analyse)
        }
        let width = core.configuration.frameWidth
        var concealed = [Float](repeating: 0, count: blocks * perBlock * width)
        for (c, spectrum) in spectra.enumerated() {
            for frame in 0..<blocks * perBlock {
                concealed.replaceSubrange(
                    frame * width + c * hop..<frame * width + (c + 1) * hop,
                    with: spectrum[frame * hop..<(frame + 1) * hop])
            }
        }
        return synthesised(concealed)
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
        // A hostile stream can ask for more than numbers hold: the sound stays finite.
        for i in 0..<c.count where !(c.data[i].magnitude <= Self.largestCoefficient) {
            c.data[i] = 0
        }
        result += UnsafeBufferPointer(start: c.data, count: c.count)
    }

    private func synthesised(_ coefficients: [Float]) -> [Float] {
        let width = core.configuration.frameWidth
        var result: [Float] = []
        result.reserveCapacity(coefficients.count)
        let piece = core.sliceBlocks * core.configuration.framesPerBlock * width
        for start in stride(from: 0, to: coefficients.count, by: piece) {
            graph.releaseTensors()
            let part = coefficients[start..<min(start + piece, coefficients.count)]
            let c = graph.input(Shape(1, part.count / width, width), part)
            let samples = graph.run(synthesis) { core.network.transform.synthesise(c, graph) }
            result += UnsafeBufferPointer(start: samples.data, count: samples.count)
        }
        if core.configuration.attackGain == true { undoGains(coefficients, &result) }
        hear(result)
        return result
    }

    /// Takes the gains out of samples.
    /// - Parameter samples: what the frames of the coefficients finished, hop by hop; the first
    ///   frame of a stream finishes nothing
    private func undoGains(_ coefficients: [Float], _ samples: inout [Float]) {
        let width = core.configuration.frameWidth
        let channels = core.configuration.signal.channels
        let frames = coefficients.count / width
        let unfinished = frames - samples.count / width
        for frame in 0..<frames {
            let attack = waitingAttacks.isEmpty ? .none : waitingAttacks.removeFirst()
            defer { lastAttack = attack }
            guard frame >= unfinished else { continue }
            let place = (frame - unfinished) * width
            if attack.level > 0 {
                // The frame's first half came with the gain throughout.
                graph.releaseTensors()
                let c = graph.input(
                    Shape(1, 2, width),
                    Array(repeating: 0, count: width)
                        + coefficients[frame * width..<(frame + 1) * width])
                let half = graph.run(StreamState()) {
                    core.network.transform.synthesise(c, graph)
                }
                let factor = 1 / attack.gain - 1
                for i in 0..<width { samples[place + i] += factor * half.data[i] }
            }
            guard lastAttack.level > 0 else { continue }
            for (n, gain) in lastAttack.curve(hop: core.configuration.hop).enumerated() {
                for i in 0..<channels { samples[place + n * channels + i] /= gain }
            }
        }
    }
}
