import CKernels

/// One channel's way from samples to symbols. Frames are coded in packets; modules above the first
/// wait until the first module's decoder has seen the frames it looks ahead to.
struct ChannelEncoder {
    private let core: ModelCore
    private let layers: Int
    /// Chooses the symbols of module 1 where it is the only one; nil = rounding.
    private let refiner: (any SymbolRefiner)?
    /// Frames since the last key packet.
    private var frameNumber: UInt32 = 0
    /// Samples from one hop before the next frame on, behind `used` ones that are done with.
    private var samples: [Float]
    private var used = 0
    private var encoders: [GatedChain]
    private var decoders: [GatedChain]
    private var envelopeState: EnvelopeModel.State
    private var states: [CoefficientModel.State]
    /// Packets whose upper modules are still to be coded, and what the first module's decoder made
    /// of them.
    private var pending: [Pending] = []
    private var decoded: Rows

    private struct Pending {
        let side: PacketSide
        let rates: PacketRates
        let isKey: Bool
        let normalised: [Float]
        let symbols: [[Int32]]
    }

    init(_ core: ModelCore, layers: Int, refiner: (any SymbolRefiner)? = nil) {
        self.core = core
        self.refiner = layers == 1 ? refiner : nil
        self.layers = layers
        let hop = core.configuration.hop
        samples = Array(repeating: 0, count: hop)
        encoders = core.modules.map { GatedChain($0.encoder) }
        decoders = core.modules.map { GatedChain($0.decoder) }
        envelopeState = core.envelope.makeState()
        states = core.modules.map { $0.context.makeState() }
        decoded = Rows(width: hop)
    }

    mutating func push(_ x: [Float]) { samples.append(contentsOf: x) }

    /// Whole blocks that could be coded now.
    var availableBlocks: Int {
        let hop = core.configuration.hop
        return max((samples.count - used) / hop - 1, 0) / core.configuration.framesPerBlock
    }

    /// Codes the next `blocks` blocks through module 1. The samples must have arrived.
    mutating func codeFirst<C: SymbolChannel>(
        blocks: Int, rates: PacketRates, isKey: Bool, channel: inout C
    ) throws(EntropyCodingError) {
        let hop = core.configuration.hop
        let bands = core.configuration.bands
        let perBlock = core.configuration.framesPerBlock
        let frames = blocks * perBlock
        if isKey {
            envelopeState = core.envelope.makeState()
            states[0] = core.modules[0].context.makeState()
            frameNumber = 0
        }
        let scaled = samples[used..<used + (frames + 1) * hop].map { $0 * 100 }
        let c = scaled.withUnsafeBufferPointer {
            core.analysis.apply($0.baseAddress, stride: hop, rows: frames)
        }
        let heard = refiner == nil ? [] : Array(samples[used..<used + (frames + 1) * hop])
        used += frames * hop
        // Rarely, so that a long signal pushed at once is not moved for every packet.
        if 2 * used >= samples.count {
            samples.removeFirst(used)
            used = 0
        }
        var energy = core.averaging.apply(c.map { $0 * $0 }, rows: blocks)
        for i in energy.indices { energy[i] += Float(EnvelopeLayer<Float>.floor) }
        energy.withUnsafeMutableBufferPointer { nwc_log($0.baseAddress, $0.baseAddress, $0.count) }
        var envelope = [Float](repeating: 0, count: blocks * bands)
        var envelopeQ8 = [[Int]](repeating: Array(repeating: 0, count: bands), count: blocks)
        // The envelope's symbols are passed with their blocks below; its values are needed before,
        // and do not depend on the channel.
        var envelopeSymbols: [[Int]] = []
        var rehearsal = RehearsalChannel()
        var rehearsalState = envelopeState
        for block in 0..<blocks {
            var symbols = (0..<bands).map {
                Int(
                    max(
                        -1000,
                        min(
                            1000,
                            (energy[block * bands + $0] * 0.5 * rates.shape.gain[$0]).rounded(
                                .toNearestOrEven))))
            }
            try core.envelope.pass(
                &symbols, envelope: &envelopeQ8[block], rate: rates.shape.envelope,
                state: &rehearsalState, channel: &rehearsal)
            for b in 0..<bands {
                envelope[block * bands + b] = Float(symbols[b]) * rates.shape.inverse[b]
            }
            envelopeSymbols.append(symbols)
        }
        let side = PacketSide(
            core, shape: rates.shape, points: rates.points, envelope: envelope,
            envelopeQ8: envelopeQ8)
        var normalised = c
        for i in normalised.indices { normalised[i] /= side.restore[i] }
        let values = analysed(
            normalised, module: 0, side: side, point: rates.points[0], frames: frames)
        var symbols = values.map(Self.rounded)
        if let refiner {
            let numbers = (0..<UInt32(frames)).map { frameNumber &+ $0 }
            let packet = UnroundedPacket(
                isKey: isKey, rateIndex: rates.indices[0], frames: frames, values: values,
                samples: heard, side: side.side[0], restore: side.restore,
                spread: (0..<frames).flatMap { side.spread[$0 / perBlock].map { Float($0) / 256 } },
                filling: NoiseFilling.rows(numbers: numbers, width: hop))
            let chosen = refiner.symbols(for: packet)
            if chosen.count == symbols.count {
                symbols = chosen.map { max(-1_000_000, min(1_000_000, $0)) }
            }
        }
        frameNumber &+= UInt32(frames)
        try code(&symbols, envelopeSymbols, side: side, rates: rates, channel: &channel)
        guard layers > 1 else { return }
        let out = decoders[0].step(
            side.frames(symbols.map { Float($0) }, module: 0, firstNumber: 0))
        decoded.append(out.x)
        pending.append(
            Pending(
                side: side, rates: rates, isKey: isKey, normalised: normalised, symbols: [symbols]))
    }

    /// Passes envelope and first module of a packet, block by block; `symbols` become those that
    /// were sent.
    private mutating func code<C: SymbolChannel>(
        _ symbols: inout [Int32], _ envelopeSymbols: [[Int]], side: PacketSide, rates: PacketRates,
        channel: inout C
    ) throws(EntropyCodingError) {
        let perBlock = core.configuration.framesPerBlock
        var envelopeQ8 = [Int](repeating: 0, count: core.configuration.bands)
        for block in 0..<side.blocks {
            var envelope = envelopeSymbols[block]
            try core.envelope.pass(
                &envelope, envelope: &envelopeQ8, rate: rates.shape.envelope, state: &envelopeState,
                channel: &channel)
            let prior = side.prior(block: block, rates.points[0])
            for t in block * perBlock..<(block + 1) * perBlock {
                try pass(
                    &symbols, frame: t, module: 0, below: nil, side: side.integerSide[0][block],
                    prior: prior, channel: &channel)
            }
        }
    }

    /// Passes one frame of a module's symbols.
    private mutating func pass<C: SymbolChannel>(
        _ symbols: inout [Int32], frame: Int, module: Int, below: [Int32]?, side: [Int16],
        prior: [Int32], channel: inout C
    ) throws(EntropyCodingError) {
        let hop = core.configuration.hop
        let range = frame * hop..<(frame + 1) * hop
        var row = Array(symbols[range])
        try core.modules[module].context.pass(
            &row, below: below.map { Array($0[range]) }, side: side, prior: prior,
            state: &states[module], channel: &channel)
        symbols.replaceSubrange(range, with: row)
    }

    /// Output of a module's encoder, to be rounded.
    private mutating func analysed(
        _ x: [Float], module: Int, side: PacketSide, point: RatePoint, frames: Int
    ) -> [Float] {
        let hop = core.configuration.hop
        var z = x
        for t in 0..<frames { for k in 0..<hop { z[t * hop + k] *= point.gain[k] } }
        return encoders[module].step(side.frames(z, module: module, firstNumber: 0)).x.map {
            max(-1_000_000, min(1_000_000, $0.isFinite ? $0 : 0))
        }
    }

    private static func rounded(_ x: Float) -> Int32 { Int32(x.rounded(.toNearestOrEven)) }

    /// No more samples will come: the first decoder gives its last frames.
    mutating func finish() {
        guard layers > 1 else { return }
        decoded.append(decoders[0].flush().x)
    }

    /// True when the oldest waiting packet can be coded by the upper modules.
    var upperIsReady: Bool { pending.first.map { decoded.count >= $0.side.frames } ?? false }

    /// Codes modules 2... of the oldest waiting packet, one channel each.
    mutating func codeUpper<C: SymbolChannel>(channels: inout [C]) throws(EntropyCodingError) {
        guard upperIsReady else { return }
        let packet = pending.removeFirst()
        let hop = core.configuration.hop
        let perBlock = core.configuration.framesPerBlock
        let frames = packet.side.frames
        var residual = packet.normalised
        var symbols = packet.symbols
        var lower = decoded.take(frames)
        var lowerPoint = packet.rates.points[0]
        for module in 1..<layers {
            if packet.isKey { states[module] = core.modules[module].context.makeState() }
            for t in 0..<frames {
                for k in 0..<hop {
                    residual[t * hop + k] -= lower[t * hop + k] * lowerPoint.inverse[k]
                }
            }
            let point = packet.rates.points[module]
            var own = analysed(
                residual, module: module, side: packet.side, point: point, frames: frames
            ).map(Self.rounded)
            for block in 0..<packet.side.blocks {
                let prior = packet.side.prior(block: block, point)
                for t in block * perBlock..<(block + 1) * perBlock {
                    try pass(
                        &own, frame: t, module: module, below: symbols[module - 1],
                        side: packet.side.integerSide[module][block], prior: prior,
                        channel: &channels[module - 1])
                }
            }
            symbols.append(own)
            if module + 1 < layers {
                lower =
                    decoders[module].step(
                        packet.side.frames(own.map { Float($0) }, module: module, firstNumber: 0)
                    ).x
                lowerPoint = point
            }
        }
    }
}

/// Takes symbols and forgets them.
struct RehearsalChannel: SymbolChannel {
    mutating func envelope(_ value: Int, table: Int) -> Int { value }
    mutating func coefficient(_ value: Int, table: Int, module: Int) -> Int { value }
}
