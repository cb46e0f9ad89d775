import NeuralNetwork

/// A group of channels on its way from samples to symbols; samples are interleaved.
///
/// Frames are coded in packets; modules above the first wait until the first module's decoder has
/// seen the frames it looks ahead to.
final class GroupEncoder {
    let core: ModelCore
    /// Shared with the other groups of a stream.
    let graph: Graph<Float>
    let layers: Int
    let layering: Layering
    /// Chooses the symbols of module 1 where it is the only one; nil = rounding.
    private let refiner: (any SymbolRefiner)?
    /// Symbols and envelope go to a channel. Else they are made and handed back only, which spares
    /// the entropy model.
    let codes: Bool
    /// Frames since the last key packet.
    private var frameNumber: UInt32 = 0
    /// What was sent of it since the last key packet.
    private var lastRotation: PairRotation?
    /// Samples of the latest hop that was analysed, with its gains; only with gain control.
    private var lastHop: [Float] = []
    /// Samples from one hop before the next frame on, behind `used` ones that are done with.
    private var samples: [Float]
    private var used = 0
    private let analysis = StreamState<Float>()
    /// Of the modules.
    let encoders: [StreamState<Float>]
    /// Of module 1 for each layer, where layers are nested.
    let nestedEncoders: [StreamState<Float>]
    let decoders: [StreamState<Float>]
    private var envelopeState: EnvelopeModel.State
    let states: [CoefficientModel.State]
    /// Of nested layers above the first.
    let nestedStates: [CoefficientModel.State]
    /// Packets whose upper layers are still to be coded, and what the first module's decoder made
    /// of them: normalised coefficients, of which the first `taken` are done with.
    var pending: [Pending] = []
    var decoded: [Float] = []
    var taken = 0

    /// What a packet is coded from.
    struct Frames {
        let blocks: Int
        /// Rows of a frame's; those of pairs are rotated.
        var coefficients: [Float]
        /// Sent before the blocks, by the first group of a pair.
        var rotation: PairRotation?
        /// Gains of all frames, sent with their blocks; none = none are.
        var attacks: [AttackGain] = []
    }

    struct Pending {
        let envelope: PacketEnvelope
        let rates: PacketRates
        let isKey: Bool
        let normalised: [Float]
        let symbols: [Int32]
        /// Of nested layers above the first.
        var finer: [[Int32]] = []
    }

    init(
        _ core: ModelCore, layers: Int, layering: Layering = .residual,
        graph: Graph<Float>? = nil,
        refiner: (any SymbolRefiner)? = nil, codes: Bool = true
    ) {
        self.codes = codes
        self.core = core
        self.graph = graph ?? core.makeGraph()
        self.refiner = layers == 1 ? refiner : nil
        self.layers = layers
        self.layering = layering.among(layers)
        samples = Array(repeating: 0, count: core.configuration.frameWidth)
        encoders = core.contexts.map { _ in StreamState() }
        decoders = core.contexts.map { _ in StreamState() }
        envelopeState = core.envelope.makeState()
        states = core.contexts.map { $0.makeState() }
        nestedEncoders = self.layering == .nested ? (0..<layers).map { _ in StreamState() } : []
        nestedStates =
            self.layering == .nested ? (1..<layers).map { _ in core.contexts[0].makeState() } : []
    }

    func push(_ x: [Float]) { samples.append(contentsOf: x) }

    /// Whole blocks that could be coded now.
    var availableBlocks: Int {
        let width = core.configuration.frameWidth
        return max((samples.count - used) / width - 1, 0) / core.configuration.framesPerBlock
    }

    /// Gains of the frames of the next `blocks` blocks; none where the model has no gain control.
    func attacks(blocks: Int) -> [AttackGain] {
        guard core.configuration.attackGain == true else { return [] }
        let hops = blocks * core.configuration.framesPerBlock + 1
        return AttackGain.chosen(
            samples[used..<used + hops * core.configuration.frameWidth],
            hop: core.configuration.hop, channels: core.configuration.signal.channels)
    }

    /// The next `blocks` blocks, to be coded next or passed. The samples must have arrived.
    /// - Parameter attacks: gains of the frames; none = 1
    func analyse(blocks: Int, attacks: [AttackGain] = []) -> Frames {
        let width = core.configuration.frameWidth
        let perBlock = width * core.configuration.framesPerBlock
        let channels = core.configuration.signal.channels
        let first = used + width
        // Copied only where there is an attack.
        var sound = samples[first..<first + blocks * perBlock]
        for (frame, attack) in attacks.enumerated() where attack.level > 0 {
            let start = first + frame * width
            for (n, factor) in attack.curve(hop: core.configuration.hop).enumerated() {
                for i in 0..<channels { sound[start + n * channels + i] *= factor }
            }
        }
        var result: [Float] = []
        result.reserveCapacity(sound.count)
        for slice in core.slices(blocks) {
            graph.releaseTensors()
            let x = graph.input(
                Shape(
                    1, slice.count * core.configuration.framesPerBlock * core.configuration.hop,
                    channels),
                sound[first + slice.lowerBound * perBlock..<first + slice.upperBound * perBlock])
            let c = graph.run(analysis) { core.network.transform.analyse(x, graph) }
            result += UnsafeBufferPointer(start: c.data, count: c.count)
        }
        for (frame, attack) in attacks.enumerated() where attack.level > 0 {
            let start = first + frame * width
            let before = frame == 0 ? lastHop : Array(sound[start - width..<start])
            add(frameOf: before, times: attack.gain - 1, to: &result, at: frame * width)
        }
        if core.configuration.attackGain == true { lastHop = Array(sound.suffix(width)) }
        return Frames(blocks: blocks, coefficients: result, attacks: attacks)
    }

    /// Adds what the first hop of a frame contributes to its coefficients, times a factor.
    private func add(frameOf hop: [Float], times factor: Float, to c: inout [Float], at place: Int)
    {
        guard !hop.isEmpty else { return }
        graph.releaseTensors()
        let channels = core.configuration.signal.channels
        let x = graph.input(
            Shape(1, 2 * core.configuration.hop, channels),
            hop + Array(repeating: 0, count: hop.count))
        let frames = graph.run(StreamState()) { core.network.transform.analyse(x, graph) }
        // The second frame: the one that begins with the hop.
        for k in 0..<hop.count { c[place + k] += factor * frames.data[hop.count + k] }
    }

    /// Codes the blocks that were analysed last through module 1.
    /// - Returns: what a decoder reads
    @discardableResult
    func codeFirst<C: SymbolChannel>(
        _ packet: Frames, rates: PacketRates, isKey: Bool, channel: inout C
    ) throws(EntropyCodingError) -> (envelope: PacketEnvelope, symbols: [Int32]) {
        let blocks = packet.blocks
        let perBlock = core.configuration.framesPerBlock
        let width = core.configuration.frameWidth
        let frames = blocks * core.configuration.framesPerBlock
        if isKey {
            envelopeState = core.envelope.makeState()
            states[0].reset()
            for state in nestedStates { state.reset() }
            frameNumber = 0
            lastRotation = nil
        }
        if var rotation = packet.rotation {
            try rotation.pass(last: lastRotation, &channel)
            lastRotation = rotation
        }
        var envelope = PacketEnvelope()
        var recorded = RecordedEnvelope()
        var symbols: [Int32] = []
        symbols.reserveCapacity(frames * width)
        var normalised: [Float] = []
        var finer = [[Int32]](repeating: [], count: nestedStates.count)
        var unrounded: UnroundedPacket?
        if refiner != nil {
            unrounded = UnroundedPacket(
                isKey: isKey, rateIndex: rates.indices[0],
                samples: Array(samples[used..<used + (frames + 1) * width]))
        }
        for slice in core.slices(blocks) {
            graph.releaseTensors()
            let c = try measured(packet.coefficients, slice, rates, &envelope, &recorded)
            guard layering == .residual else {
                appendNested(c, slice, envelope, rates, to: &symbols, &finer)
                continue
            }
            let shaping = core.shaping(envelope, slice, rates, graph)
            let x = shaping.normalise(c, graph)
            let side = core.side(shaping.side, rates, module: 0, graph)
            let z = analysed(x, module: 0, side: side, rates)
            Self.append(rounding: z, to: &symbols)
            if layers > 1 { normalised += UnsafeBufferPointer(start: x.data, count: x.count) }
            let filling = unrounded.map { _ in
                graph.tensor(Shape(1, c.shape.frames, width), tracked: false)
            }
            if let filling {
                let first = UInt32(truncatingIfNeeded: unrounded?.frames ?? 0)
                NoiseFilling.fill(
                    filling.data, first: frameNumber &+ first, frames: c.shape.frames, width: width)
                let spreads = slice.flatMap { block in
                    let row = core.spread(envelope: envelope.fixed[block], rates.shape).map {
                        Float($0) / 256
                    }
                    return repeatElement(row, count: core.configuration.framesPerBlock).joined()
                }
                unrounded?.append(
                    values: z.array, side: side.array, restore: shaping.restore.array,
                    spread: spreads, filling: filling.array, frames: c.shape.frames)
            }
        }
        leave(frames)
        if let refiner, let unrounded {
            let chosen = refiner.symbols(for: unrounded)
            if chosen.count == symbols.count {
                symbols = chosen.map { max(-1_000_000, min(1_000_000, $0)) }
            }
        }
        frameNumber &+= UInt32(truncatingIfNeeded: frames)
        for block in 0..<(codes ? blocks : 0) {
            if !packet.attacks.isEmpty {
                for attack in packet.attacks[block * perBlock..<(block + 1) * perBlock] {
                    var sent = attack
                    try sent.pass(&channel)
                }
            }
            try recorded.replay(block, bands: core.configuration.envelopeWidth, into: &channel)
            try code(
                &symbols, below: nil, block: block, envelope, rates, module: 0,
                channel: &channel)
        }
        guard layering == .residual else {
            pending.append(
                Pending(
                    envelope: envelope, rates: rates, isKey: isKey, normalised: [],
                    symbols: symbols, finer: finer))
            return (envelope, symbols)
        }
        guard layers > 1 else { return (envelope, symbols) }
        for slice in core.slices(blocks) {
            decode(symbols, slice, envelope, rates, module: 0, into: &decoded)
        }
        pending.append(
            Pending(
                envelope: envelope, rates: rates, isKey: isKey, normalised: normalised,
                symbols: symbols))
        return (envelope, symbols)
    }

    /// Goes past a key packet that is known, in a stream of one layer: only what the network keeps
    /// for later frames.
    func pass(_ packet: Frames, rates: PacketRates) throws(EntropyCodingError) {
        envelopeState = core.envelope.makeState()
        var envelope = PacketEnvelope()
        var recorded = RecordedEnvelope()
        for slice in core.slices(packet.blocks) {
            graph.releaseTensors()
            let c = try measured(packet.coefficients, slice, rates, &envelope, &recorded)
            let shaping = core.shaping(envelope, slice, rates, graph)
            let side = core.side(shaping.side, rates, module: 0, graph)
            _ = analysed(shaping.normalise(c, graph), module: 0, side: side, rates)
        }
        leave(packet.blocks * core.configuration.framesPerBlock)
    }

    /// Does away with the samples of frames that were coded.
    private func leave(_ frames: Int) {
        used += frames * core.configuration.frameWidth
        // Rarely, so that a long signal pushed at once is not moved for every packet.
        if 2 * used >= samples.count {
            samples.removeFirst(used)
            used = 0
        }
    }

    /// Coefficients of some blocks as a tensor; their envelope is measured, quantised and recorded.
    private func measured(
        _ coefficients: [Float], _ blocks: Range<Int>, _ rates: PacketRates,
        _ envelope: inout PacketEnvelope, _ recorded: inout RecordedEnvelope
    ) throws(EntropyCodingError) -> Tensor<Float> {
        let bands = core.configuration.envelopeWidth
        let perBlock = core.configuration.frameWidth * core.configuration.framesPerBlock
        let c = graph.input(
            Shape(
                1, blocks.count * core.configuration.framesPerBlock, core.configuration.frameWidth),
            coefficients[blocks.lowerBound * perBlock..<blocks.upperBound * perBlock])
        let measured = core.network.envelope.unrounded(
            c, perUnit: core.rows(rates.shape.gain, blocks.count, graph), graph)
        let limit = EntropySpecification.Envelope.largestSymbol
        for row in 0..<blocks.count {
            var symbols = (0..<bands).map {
                let value = measured.data[row * bands + $0].rounded(.toNearestOrEven)
                return Int(max(-limit, min(limit, value)))
            }
            var fixed = [Int](repeating: 0, count: bands)
            if codes {
                try core.envelope.pass(
                    &symbols, envelope: &fixed, rate: rates.shape.envelope, state: &envelopeState,
                    channel: &recorded)
            } else {
                for b in 0..<bands { fixed[b] = rates.shape.envelope.value(symbols[b], band: b) }
            }
            envelope.append(symbols, fixed: fixed, rates)
        }
        return c
    }

    /// Codes the coefficients of a block; `symbols` become those that were sent.
    func code<C: SymbolChannel>(
        _ symbols: inout [Int32], below: [Int32]?, block: Int, _ envelope: PacketEnvelope,
        _ rates: PacketRates, module: Int, channel: inout C
    ) throws(EntropyCodingError) {
        let fixed = envelope.fixed[block]
        core.begin(
            fixed, spread: core.spread(envelope: fixed, rates.shape), rates, module: module,
            state: states[module])
        try core.pass(
            &symbols, below: below, block: block, module: module, state: states[module],
            channel: &channel)
    }

    /// Output of a module's encoder, to be rounded.
    func analysed(
        _ x: Tensor<Float>, module: Int, side: Tensor<Float>, _ rates: PacketRates
    ) -> Tensor<Float> {
        analysed(x, module: module, encoders[module], side: side, rates)
    }

    func analysed(
        _ x: Tensor<Float>, module: Int = 0, _ encoder: StreamState<Float>, side: Tensor<Float>,
        _ rates: PacketRates
    ) -> Tensor<Float> {
        let gain = rates.points[module].gain
        let z = graph.run(encoder) {
            core.network.modules[module].unrounded(
                x, perUnit: graph.input(Shape(1, 1, gain.count), gain), side: side, graph)
        }
        limit(z)
        return z
    }

    /// Makes values ones that can be rounded and coded.
    func limit(_ z: Tensor<Float>, to most: Float = 1_000_000) {
        for i in 0..<z.count {
            let value = z.data[i].isFinite ? z.data[i] : 0
            z.data[i] = max(-most, min(most, value))
        }
    }

    /// Appends the nearest integers, of two the even one.
    /// - Parameter z: magnitudes of at most 1,000,000.
    static func append(rounding z: Tensor<Float>, to symbols: inout [Int32]) {
        // Numbers of 2^23 and more have no fraction: the sum is rounded. Without a call for each.
        let large: Float = 0x1.8p23
        symbols += [Int32](unsafeUninitializedCapacity: z.count) { buffer, count in
            count = z.count
            for i in 0..<count { buffer[i] = Int32((z.data[i] + large) - large) }
        }
    }
}
