import NeuralNetwork

/// What a signal's symbols cost by the model's own probabilities, without a range coder: the bound
/// that real bytes are compared with.
package enum EntropyMeasurement {
    /// Sum of -log2 p over all symbols (escapes, signs and low bits included) of one group, for
    /// each layer.
    /// - Parameters:
    ///   - samples: at the model's rate, interleaved; coded in packets as `CodecEncoder` would
    ///   - rateIndices: one per layer
    package static func bits(
        _ model: CodecModel, _ samples: [Float], rateIndices: [UInt8],
        layering: Layering = .residual, blocksPerPacket: Int, keyInterval: Int
    ) throws(CodecError) -> [Double] {
        let lapped = try model.lapped
        do throws(EntropyCodingError) {
            return try bits(
                lapped, samples, rateIndices: rateIndices, layering: layering,
                blocksPerPacket: blocksPerPacket, keyInterval: keyInterval)
        } catch { throw .entropy(error) }
    }

    private static func bits(
        _ lapped: CodecModel.LappedCoder, _ samples: [Float], rateIndices: [UInt8],
        layering: Layering, blocksPerPacket: Int, keyInterval: Int
    ) throws(EntropyCodingError) -> [Double] {
        let core = lapped.core
        let width = core.configuration.frameWidth
        let perBlock = core.configuration.framesPerBlock
        let layers = rateIndices.count
        let rates = PacketRates(core, rateIndices, layering)
        guard !samples.isEmpty, layers > 0 else { return Array(repeating: 0, count: layers) }
        let frames = (samples.count + width - 1) / width + 1
        let blocks = (frames + perBlock - 1) / perBlock
        let encoder = GroupEncoder(core, layers: layers, layering: layering)
        encoder.push(
            samples + Array(repeating: 0, count: blocks * perBlock * width - samples.count))
        var first = CostChannel(tables: lapped.tables)
        var upper = (1..<max(layers, 1)).map { _ in CostChannel(tables: lapped.tables) }
        var left = blocks
        var packet = 0
        while left > 0 {
            let count = min(left, blocksPerPacket)
            try encoder.codeFirst(
                blocks: count, rates: rates, isKey: packet % keyInterval == 0, channel: &first)
            while layers > 1, encoder.upperIsReady { try encoder.codeUpper(channels: &upper) }
            left -= count
            packet += 1
        }
        encoder.finish()
        while layers > 1, encoder.upperIsReady { try encoder.codeUpper(channels: &upper) }
        return [first.bits] + upper.map(\.bits)
    }
}
