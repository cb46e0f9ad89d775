import BuiltInModel
import CMRLCodec
import TestSupport
import Testing

/// Real bytes against the sum of -log2 p of the symbols in the model's integer tables.
@Suite struct CodecEntropyTests {
    /// Bits of each layer of the first group, by the probabilities that its symbols are read with.
    private static func entropy(_ coded: CodedSignal) throws -> [Double] {
        let tracer = try SymbolTracer(model: coded.model, header: coded.header)
        var bits: [Double] = []
        for packet in coded.packets {
            for block in try #require(try tracer.trace(packet))[0] {
                bits += Array(repeating: 0, count: max(block.layers.count - bits.count, 0))
                bits[0] += block.envelopeBits.reduce(0) { $0 + Double($1) }
                for (layer, values) in block.layers.enumerated() {
                    bits[layer] += values.bits.reduce(0) { $0 + Double($1) }
                }
            }
        }
        return bits
    }

    /// - Parameter unknown: bits that a packet may have beside its symbols
    private static func expectClose(_ coded: CodedSignal, layers: Int, unknown: Double = 0) throws {
        let entropy = try entropy(coded)
        #expect(entropy.count == layers)
        for layer in 0..<layers {
            let bits = Double(coded.packets.reduce(0) { $0 + 8 * $1.chunks[0][layer].count })
            // Slightly below is possible: the last symbol of a table, an escape, owns the remainder
            // of the interval and costs less than -log2 p.
            let allowed = 0.01 * entropy[layer] + unknown * Double(coded.packets.count)
            #expect(
                abs(bits - entropy[layer]) < allowed, "\(bits) bits, entropy \(entropy[layer])")
            #expect(entropy[layer] > 1000)
        }
    }

    @Test(arguments: CodecModels.Kind.allCases, [[UInt8(60)], [140], [220], [60, 160]])
    func bytesStayWithinOnePercentOfTheEntropy(kind: CodecModels.Kind, rates: [UInt8]) throws {
        let signal = SpeechLikeSignal.samples(seconds: 8, seed: 70)
        let coded = try CodedSignal(
            CodecModels.load(kind), [signal], rates: rates, blocksPerPacket: 200)
        try Self.expectClose(coded, layers: rates.count)
    }

    @Test func ofNestedLayers() throws {
        let signal = SpeechLikeSignal.samples(seconds: 8, seed: 70)
        let coded = try CodedSignal(
            CodecModels.load(.builtIn), [signal], rates: [60, 160, 240], blocksPerPacket: 200,
            layering: .nested)
        try Self.expectClose(coded, layers: 3)
    }

    /// One-second packets, as files have them.
    @Test func filesToo() throws {
        let signal = SpeechLikeSignal.samples(seconds: 8, seed: 71)
        let coded = try CodedSignal(CodecModels.load(.builtIn), [signal], rates: [137])
        #expect(Double(coded.payloadBits) < 1.01 * (try Self.entropy(coded)[0]))
    }

    /// Gains before attacks are sent beside the symbols: a bit a frame at most where there is none.
    @Test func ofAModelWithAttackGains() throws {
        let model = try #require(try BuiltInModels.load(name: "audio"))
        let signal = SpeechLikeSignal.samples(seconds: 4, seed: 73)
        let coded = try CodedSignal(model, [signal], rates: [120])
        try Self.expectClose(coded, layers: 1, unknown: 100)
    }
}
