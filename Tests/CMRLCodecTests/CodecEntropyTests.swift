import CMRLCodec
import TestSupport
import Testing

/// Real bytes against the sum of -log2 p of the model's integer tables.
@Suite struct CodecEntropyTests {
    @Test(arguments: CodecModels.Kind.allCases, [[UInt8(60)], [140], [220], [60, 160]])
    func bytesStayWithinOnePercentOfTheEntropy(kind: CodecModels.Kind, rates: [UInt8]) throws {
        let model = try CodecModels.load(kind)
        let signal = SpeechLikeSignal.samples(seconds: 8, seed: 70)
        let coded = try CodedSignal(model, [signal], rates: rates, blocksPerPacket: 200)
        let entropy = try EntropyMeasurement.bits(
            model, signal, rateIndices: rates, blocksPerPacket: 200, keyInterval: 1)
        #expect(entropy.count == rates.count)
        for layer in rates.indices {
            let bits = Double(coded.packets.reduce(0) { $0 + 8 * $1.chunks[0][layer].count })
            // Slightly below is possible: the last symbol of a table, an escape, owns the remainder
            // of the interval and costs less than -log2 p.
            #expect(
                abs(bits / entropy[layer] - 1) < 0.01, "\(bits) bits, entropy \(entropy[layer])")
            #expect(entropy[layer] > 1000)
        }
    }

    /// One-second packets, as files have them.
    @Test func filesToo() throws {
        let model = try CodecModels.load(.builtIn)
        let signal = SpeechLikeSignal.samples(seconds: 8, seed: 71)
        let coded = try CodedSignal(model, [signal], rates: [137])
        let entropy = try EntropyMeasurement.bits(
            model, signal, rateIndices: [137], blocksPerPacket: 50, keyInterval: 1)
        #expect(Double(coded.payloadBits) < 1.01 * entropy[0])
    }
}
