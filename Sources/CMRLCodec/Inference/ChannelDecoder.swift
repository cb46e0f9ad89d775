import CKernels

/// One channel's way from symbols to samples.
struct ChannelDecoder {
    private let core: ModelCore
    private var decoders: [GatedChain]
    private var envelopeState: EnvelopeModel.State
    private var states: [CoefficientModel.State]
    /// Rows that wait for the first module's frames ahead: its inverse gains, contributions of
    /// upper modules, envelope factors.
    private var inverse: Rows
    private var upper: Rows
    private var restore: Rows
    /// Whether no module above the first was decoded in a waiting frame: then the first fills in
    /// its noise.
    private var isAlone: [Bool] = []
    /// Second half of the last synthesised frame.
    private var overlap: [Float]
    private var isFirstFrame = true
    /// Frames since the last key packet.
    private var frameNumber: UInt32 = 0
    private var concealment: Concealment
    /// Packets so far, concealed ones too, and the sum of the hashes of the decoded ones' chunks.
    private var packetCount = 0
    private(set) var symbolChecksum: UInt64 = 0

    init(_ core: ModelCore) {
        self.core = core
        let hop = core.configuration.hop
        decoders = core.modules.map { GatedChain($0.decoder) }
        envelopeState = core.envelope.makeState()
        states = core.modules.map { $0.context.makeState() }
        inverse = Rows(width: hop)
        upper = Rows(width: hop)
        restore = Rows(width: hop)
        overlap = Array(repeating: 0, count: hop)
        concealment = Concealment(core.configuration.signal)
    }

    /// Decodes a packet's chunks (one per layer, at least one) into finished samples.
    mutating func decode(
        chunks: [[UInt8]], blocks: Int, rates: PacketRates, isKey: Bool, tables: SymbolTables
    ) throws(EntropyCodingError) -> [Float] {
        let hop = core.configuration.hop
        let bands = core.configuration.bands
        let perBlock = core.configuration.framesPerBlock
        let frames = blocks * perBlock
        let layers = min(chunks.count, min(core.modules.count, rates.points.count))
        if isKey {
            envelopeState = core.envelope.makeState()
            states = core.modules.map { $0.context.makeState() }
            frameNumber = 0
        }
        var channel = DecodingChannel(tables, chunks[0], packet: packetCount, layer: 0)
        var envelope = [Float](repeating: 0, count: blocks * bands)
        var envelopeQ8 = [[Int]](repeating: Array(repeating: 0, count: bands), count: blocks)
        var symbols = [[Int32]](repeating: Array(repeating: 0, count: frames * hop), count: layers)
        // Envelope and first module are interleaved block by block.
        for block in 0..<blocks {
            var row = [Int](repeating: 0, count: bands)
            try core.envelope.pass(
                &row, envelope: &envelopeQ8[block], rate: rates.shape.envelope,
                state: &envelopeState, channel: &channel)
            for b in 0..<bands {
                envelope[block * bands + b] =
                    Float(max(-65536, min(65536, row[b]))) * rates.shape.inverse[b]
            }
            let one = PacketSide(
                core, shape: rates.shape, points: Array(rates.points.prefix(1)),
                envelope: Array(envelope[block * bands..<(block + 1) * bands]),
                envelopeQ8: [envelopeQ8[block]])
            let prior = one.prior(block: 0, rates.points[0])
            for frame in 0..<perBlock {
                let t = block * perBlock + frame
                var coefficients = [Int32](repeating: 0, count: hop)
                try core.modules[0].context.pass(
                    &coefficients, below: nil, side: one.integerSide[0][0], prior: prior,
                    state: &states[0], channel: &channel)
                symbols[0].replaceSubrange(t * hop..<(t + 1) * hop, with: coefficients)
            }
        }
        var hashes = channel.hash.value
        let side = PacketSide(
            core, shape: rates.shape, points: Array(rates.points.prefix(layers)),
            envelope: envelope, envelopeQ8: envelopeQ8)
        for module in 1..<max(layers, 1) {
            var channel = DecodingChannel(
                tables, chunks[module], packet: packetCount, layer: module)
            for block in 0..<blocks {
                let prior = side.prior(block: block, rates.points[module])
                for t in block * perBlock..<(block + 1) * perBlock {
                    var row = [Int32](repeating: 0, count: hop)
                    try core.modules[module].context.pass(
                        &row, below: Array(symbols[module - 1][t * hop..<(t + 1) * hop]),
                        side: side.integerSide[module][block], prior: prior,
                        state: &states[module], channel: &channel)
                    symbols[module].replaceSubrange(t * hop..<(t + 1) * hop, with: row)
                }
            }
            hashes &+= channel.hash.value
        }
        packetCount += 1
        symbolChecksum &+= hashes
        return synthesise(symbols, side: side, rates: rates)
    }

    private mutating func synthesise(_ symbols: [[Int32]], side: PacketSide, rates: PacketRates)
        -> [Float]
    {
        let hop = core.configuration.hop
        let frames = side.frames
        restore.append(side.restore)
        for _ in 0..<frames { inverse.append(rates.points[0].inverse) }
        var sum = [Float](repeating: 0, count: frames * hop)
        for module in 1..<max(symbols.count, 1) {
            let out = decoders[module].step(
                side.frames(
                    symbols[module].map { Float($0) }, module: module, firstNumber: frameNumber))
            let factor = rates.points[module].inverse
            let isTop = module == symbols.count - 1
            for t in 0..<frames {
                for k in 0..<hop {
                    let i = t * hop + k
                    sum[i] +=
                        (isTop && !out.noise.isEmpty ? out.x[i] + out.noise[i] : out.x[i])
                        * factor[k]
                }
            }
        }
        // A module that is absent starts afresh when it comes back.
        for module in max(symbols.count, 1)..<max(core.modules.count, 1) {
            decoders[module].reset()
        }
        upper.append(sum)
        for _ in 0..<frames { isAlone.append(symbols.count == 1) }
        let out = decoders[0].step(
            side.frames(symbols[0].map { Float($0) }, module: 0, firstNumber: frameNumber))
        frameNumber &+= UInt32(frames)
        return output(out)
    }

    /// The frames that were waiting for frames ahead.
    mutating func flush() -> [Float] {
        output(decoders[0].flush())
    }

    /// Frames in place of lost ones.
    mutating func conceal(blocks: Int) -> [Float] {
        packetCount += 1
        var result = output(decoders[0].flush())
        decoders.indices.forEach { decoders[$0].reset() }
        inverse = Rows(width: core.configuration.hop)
        upper = inverse
        restore = inverse
        isAlone = []
        let frames = blocks * core.configuration.framesPerBlock
        result += overlapAdd(
            concealment.next(frames: frames, analysis: core.analysis), rows: frames)
        return result
    }

    /// Far beyond every real sound: full scale is about 1000.
    private static let largestCoefficient: Float = 1e9

    private mutating func output(_ first: StageFrames) -> [Float] {
        let rows = first.rows
        guard rows > 0 else { return [] }
        let hop = core.configuration.hop
        let factors = inverse.take(rows)
        let others = upper.take(rows)
        let scale = restore.take(rows)
        var c = [Float](repeating: 0, count: rows * hop)
        for t in 0..<rows {
            let fills = isAlone[t] && !first.noise.isEmpty
            for i in t * hop..<(t + 1) * hop {
                let value =
                    ((fills ? first.x[i] + first.noise[i] : first.x[i]) * factors[i] + others[i])
                    * scale[i]
                // A hostile stream can ask for more than numbers hold: the sound stays finite.
                c[i] = value.magnitude <= Self.largestCoefficient ? value : 0
            }
        }
        isAlone.removeFirst(rows)
        concealment.remember(c)
        return overlapAdd(c, rows: rows)
    }

    /// Inverse transform and overlap-add; the half before the first frame is dropped.
    private mutating func overlapAdd(_ c: [Float], rows: Int) -> [Float] {
        let hop = core.configuration.hop
        let waves = core.synthesis.apply(c.map { $0 * 0.01 }, rows: rows)
        var result: [Float] = []
        result.reserveCapacity(rows * hop)
        for t in 0..<rows {
            let wave = t * 2 * hop
            if !isFirstFrame { for n in 0..<hop { result.append(overlap[n] + waves[wave + n]) } }
            isFirstFrame = false
            for n in 0..<hop { overlap[n] = waves[wave + hop + n] }
        }
        concealment.hear(result)
        return result
    }
}
