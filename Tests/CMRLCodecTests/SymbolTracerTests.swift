import CMRLCodec
import TestSupport
import Testing

/// What the symbols of a stream cost, one by one.
@Suite struct SymbolTracerTests {
    /// All symbols are there, and their bits are those of the chunks.
    @Test(
        arguments: CodecModels.Kind.allCases,
        [
            ([UInt8(140)], Layering.residual), ([60, 160], .residual), ([60, 160], .nested),
            ([20, 120, 200], .nested),
        ])
    func sums(kind: CodecModels.Kind, layers: ([UInt8], Layering)) throws {
        let (rates, layering) = layers
        let model = try CodecModels.load(kind)
        let signal = SpeechLikeSignal.samples(seconds: 2, seed: 72)
        let coded = try CodedSignal(
            model, [signal], rates: rates, blocksPerPacket: 20, layering: layering)
        let tracer = try SymbolTracer(model: model, header: coded.header)
        var bits = Array(repeating: 0.0, count: rates.count)
        var blocks = 0
        for packet in coded.packets {
            let groups = try #require(try tracer.trace(packet))
            #expect(groups.count == 1 && groups[0].count == packet.blockCount)
            blocks += packet.blockCount
            for block in groups[0] {
                #expect(block.envelope.count == block.envelopeBits.count)
                #expect(try block.envelope.count == model.configuration.bands)
                bits[0] += block.envelopeBits.reduce(0) { $0 + Double($1) }
                for (layer, values) in block.layers.enumerated() {
                    #expect(values.symbols.count == model.signal.blockSamples)
                    #expect(values.bits.count == values.symbols.count)
                    #expect(values.bits.allSatisfy { $0 >= 0 })
                    bits[layer] += values.bits.reduce(0) { $0 + Double($1) }
                }
            }
        }
        #expect(blocks > 50)
        for layer in rates.indices {
            // A chunk ends with a whole byte, and with a few that tell its last symbols apart.
            let real = Double(coded.packets.reduce(0) { $0 + 8 * $1.chunks[0][layer].count })
            let allowed = 0.01 * real + 40 * Double(coded.packets.count)
            #expect(abs(bits[layer] - real) < allowed, "\(bits[layer]), \(real)")
        }
    }

    /// Behind a loss nothing is read before the next key packet.
    @Test func losses() throws {
        let model = try CodecModels.load(.tiny)
        let signal = SpeechLikeSignal.samples(seconds: 2, seed: 73)
        let coded = try CodedSignal(model, [signal], rates: [140], blocksPerPacket: 10)
        var packets = coded.packets
        let whole = try SymbolTracer(model: model, header: coded.header)
        let all = try packets.map { try whole.trace($0) }
        packets[1].isKey = false
        packets[1].rateIndices = []
        let tracer = try SymbolTracer(model: model, header: coded.header)
        #expect(try tracer.trace(packets[0]) == all[0])
        tracer.lose()
        #expect(try tracer.trace(packets[1]) == nil)
        #expect(try tracer.trace(packets[2]) == all[2])
    }
}
