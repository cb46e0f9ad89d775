import CMRLCodec
import NeuralNetwork
import TestSupport
import Testing

/// The size of a network is known before it is built: a small file cannot make a reader allocate a
/// large one.
@Suite struct ModelSizeTests {
    @Test func parametersAreCountedWithoutBuilding() throws {
        var generator = SeededGenerator(seed: 5)
        var configurations = [TinyModel.configuration, NetworkConfiguration()]
        for _ in 0..<20 {
            let modules = (0...generator.below(3)).map { _ in
                NetworkConfiguration.Module(
                    encoderBlocks: generator.below(3), decoderBlocks: 1 + generator.below(3),
                    hidden: 1 + generator.below(20), context: 1 + generator.below(20),
                    local: 1 + generator.below(16), noiseFilling: generator.below(2) == 0)
            }
            var configuration = NetworkConfiguration(modules: modules)
            configuration.bands = 2 + generator.below(30)
            configuration.envelopeContext = 1 + generator.below(30)
            configuration.rateKnots = 2 + generator.below(6)
            configurations.append(configuration)
        }
        for configuration in configurations {
            try configuration.validate()
            let store = ParameterStore<Float>()
            _ = CodecNetwork(store, configuration)
            #expect(configuration.parameterCount == store.count, "\(configuration)")
        }
    }
}
