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
            #expect(store.values.count == store.count)
        }
    }

    /// The built-in model has the number that its documents say.
    @Test func theBuiltInModelIsKnown() throws {
        let model = try CodecModels.load(.builtIn)
        #expect(model.parameterCount == 774_416)
        #expect(try model.configuration.parameterCount == 774_416)
    }

    /// The largest network that a configuration may ask for, gigabytes of numbers.
    @Test func theLargestNetworkIsCountedAtOnce() throws {
        let module = NetworkConfiguration.Module(
            encoderBlocks: 8, decoderBlocks: 8, hidden: 512, context: 256, local: 16)
        let configuration = NetworkConfiguration(modules: Array(repeating: module, count: 8))
        try configuration.validate()
        let block = 186 * 512 + 512 + 512 + 3 * 512 * 1024 + 1024 + 512 * 160 + 160
        #expect(configuration.parameterCount > 8 * 16 * block)
    }
}
