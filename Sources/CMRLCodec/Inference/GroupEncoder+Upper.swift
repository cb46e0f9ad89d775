import NeuralNetwork

/// Layers above the first, where they are the modules of the cascade.
extension GroupEncoder {
    /// Normalised coefficients that a module's decoder makes of some blocks' symbols, as far as
    /// they are known, without noise.
    func decode(
        _ symbols: [Int32], _ blocks: Range<Int>, _ envelope: PacketEnvelope,
        _ rates: PacketRates, module: Int, into result: inout [Float]
    ) {
        let width = core.configuration.frameWidth
        let frames = blocks.count * core.configuration.framesPerBlock
        let first = blocks.lowerBound * core.configuration.framesPerBlock * width
        graph.releaseTensors()
        let x = graph.tensor(Shape(1, frames, width), tracked: false)
        for i in 0..<x.count { x.data[i] = Float(symbols[first + i]) }
        let side = core.side(envelope, blocks, rates, module: module, graph)
        let out = graph.run(decoders[module]) {
            core.network.modules[module].decode(x, side: side, filling: nil, graph).coefficients(
                unit: core.rows(rates.points[module].inverse, frames, graph), isFilled: false,
                graph)
        }
        result += UnsafeBufferPointer(start: out.data, count: out.count)
    }

    /// No more samples will come: the first decoder gives its last frames.
    func finish() {
        guard layers > 1, layering == .residual else { return }
        let width = core.configuration.frameWidth
        let sides = core.configuration.envelopeWidth + core.configuration.rateKnots
        graph.releaseTensors()
        let none = graph.zeros(Shape(1, 0, width))
        let out = graph.run(decoders[0], isEnding: true) {
            core.network.modules[0].decode(
                none, side: graph.zeros(Shape(1, 0, sides)), filling: nil, graph
            ).coefficients(unit: none, isFilled: false, graph)
        }
        decoded += UnsafeBufferPointer(start: out.data, count: out.count)
    }

    /// True when the upper layers of the oldest waiting packet can be coded.
    var upperIsReady: Bool {
        pending.first.map { decoded.count - taken >= $0.normalised.count } ?? false
    }

    /// Codes layers 2... of the oldest waiting packet, one channel each.
    /// - Returns: the symbols of each of them
    @discardableResult
    func codeUpper<C: SymbolChannel>(channels: inout [C]) throws(EntropyCodingError) -> [[Int32]] {
        guard upperIsReady else { return [] }
        var result: [[Int32]] = []
        let packet = pending.removeFirst()
        guard layering == .residual else { return try codeNested(packet, &channels) }
        let width = core.configuration.frameWidth
        let perBlock = core.configuration.framesPerBlock * width
        var residual = packet.normalised
        var lower = Array(decoded[taken..<taken + residual.count])
        taken += residual.count
        if 2 * taken >= decoded.count {
            decoded.removeFirst(taken)
            taken = 0
        }
        var below = packet.symbols
        for module in 1..<layers {
            if packet.isKey { states[module].reset() }
            var symbols: [Int32] = []
            symbols.reserveCapacity(residual.count)
            for slice in core.slices(packet.envelope.blocks) {
                graph.releaseTensors()
                let values = slice.lowerBound * perBlock..<slice.upperBound * perBlock
                let shape = Shape(1, values.count / width, width)
                let left = graph.subtract(
                    graph.input(shape, residual[values]), graph.input(shape, lower[values]))
                residual.replaceSubrange(
                    values, with: UnsafeBufferPointer(start: left.data, count: left.count))
                let side = core.side(
                    packet.envelope, slice, packet.rates, module: module, graph)
                let z = analysed(left, module: module, side: side, packet.rates)
                Self.append(rounding: z, to: &symbols)
            }
            for block in 0..<(codes ? packet.envelope.blocks : 0) {
                try code(
                    &symbols, below: below, block: block, packet.envelope, packet.rates,
                    module: module, channel: &channels[module - 1])
            }
            if module + 1 < layers {
                lower = []
                for slice in core.slices(packet.envelope.blocks) {
                    decode(
                        symbols, slice, packet.envelope, packet.rates, module: module, into: &lower)
                }
            }
            below = symbols
            result.append(symbols)
        }
        return result
    }
}
