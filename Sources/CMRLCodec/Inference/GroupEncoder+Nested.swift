import NeuralNetwork

/// Layers that divide the steps of those below.
extension GroupEncoder {
    /// Weight of a nested layer's own values in its symbols; the rest are those of the layer above.
    /// More of them serve the layer and cost the ones above more (Docs, experiment 28).
    private static let ownShare: Float = 0.25

    /// Appends the symbols of some blocks in nested layers.
    ///
    /// The network encodes them for the decoder of each layer. From the top layer down, a layer's
    /// values are a weighted mean of its own and of those above it, in its steps; from the first
    /// layer up, its symbol is the nearest to its value of the three that the layer below leaves.
    func appendNested(
        _ c: Tensor<Float>, _ slice: Range<Int>, _ envelope: PacketEnvelope, _ rates: PacketRates,
        to first: inout [Int32], _ finer: inout [[Int32]]
    ) {
        let base = core.shaping(envelope, slice, rates, graph)
        var values: [Tensor<Float>] = []
        for (layer, level) in rates.levels.enumerated().reversed() {
            let shaping = layer == 0 ? base : core.shaping(envelope, slice, level, graph)
            var own = analysed(
                shaping.normalise(c, graph), nestedEncoders[layer],
                side: core.side(shaping.side, level, module: 0, graph), level)
            if layer > 0 {
                let units = core.nestedUnits(
                    base: base, top: shaping, rates, layers: layer + 1, graph)
                own = graph.divide(own, units)
                limit(own)
            }
            if let above = values.last {
                let share = (1 - Self.ownShare) / Float(NestedSymbol.ratio)
                for i in 0..<own.count {
                    own.data[i] = own.data[i] * Self.ownShare + above.data[i] * share
                }
            }
            values.append(own)
        }
        values.reverse()
        guard values.count == finer.count + 1 else { return }
        let start = first.count
        Self.append(rounding: values[0], to: &first)
        for layer in finer.indices {
            let value = values[layer + 1]
            for i in 0..<value.count {
                let same =
                    NestedSymbol.ratio
                    * (layer == 0 ? first[start + i] : finer[layer - 1][start + i])
                let nearest = Int32(value.data[i].rounded(.toNearestOrEven))
                finer[layer].append(max(same - 1, min(same + 1, nearest)))
            }
        }
    }

    /// Codes the symbols of the layers nested in the first.
    func codeNested<C: SymbolChannel>(
        _ packet: Pending, _ channels: inout [C]
    ) throws(EntropyCodingError) -> [[Int32]] {
        guard codes else { return packet.finer }
        var result: [[Int32]] = []
        var below = packet.symbols
        for (i, state) in nestedStates.enumerated() {
            var symbols = packet.finer[i]
            for block in 0..<packet.envelope.blocks {
                let fixed = packet.envelope.fixed[block]
                core.beginNested(
                    fixed, spread: core.spread(envelope: fixed, packet.rates.shape), packet.rates,
                    layer: i + 1, state: state)
                try core.pass(
                    &symbols, below: below, block: block, module: 0, state: state,
                    channel: &channels[i])
            }
            below = symbols
            result.append(symbols)
        }
        return result
    }
}
