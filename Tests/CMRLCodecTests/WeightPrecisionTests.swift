import CMRLCodec
import ModelWriting
import NeuralNetwork
import TestSupport
import Testing

/// Model files with 8-bit weights: smaller, and models like any other.
@Suite struct WeightPrecisionTests {
    @Test func aModelOfIntegersCodes() throws {
        let store = ParameterStore<Float>(seed: 3)
        var configuration = TinyModel.configuration
        configuration.modules[0].hidden = 24
        let network = CodecNetwork(store, configuration)
        let statistics = SymbolStatistics(network: network, store: store)
        let curve = (0..<CodecModel.rateCurveIndices.count).map { 3000 + 1000 * Double($0) }
        func file(_ precision: CodecModel.WeightPrecision) throws -> [UInt8] {
            try CodecModel.file(
                name: "integers", recipe: "none", network: network, store: store,
                tables: statistics.tables(), rateCurves: [curve, curve], precision: precision)
        }
        let bytes = try file(.int8)
        let half = try file(.half)
        #expect(half.count - bytes.count > 20_000)
        let model = try CodecModel(bytes: bytes)
        #expect(model.parameterCount == store.count)
        let signal = [SpeechLikeSignal.samples(seconds: 1, seed: 8)]
        let coded = try CodedSignal(model, signal, rates: [220])
        let result = try CodedSignal.decode(
            model, coded.header, coded.packets, sampleCount: signal[0].count)
        #expect(result.checksum == coded.symbolChecksum)
        #expect(signalToNoise(signal[0], result.samples[0]) > 8)
    }
}
