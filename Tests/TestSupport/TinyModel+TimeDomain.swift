import CMRLCodec
import ModelWriting
import NeuralNetwork

extension TinyModel {
    /// Two modules of the papers, of different kinds, small.
    public static var timeDomainConfiguration: PaperNetworkConfiguration {
        PaperNetworkConfiguration(
            modules: [
                PaperNetworkConfiguration.Module(
                    layout: .gated, inputTaps: 5, codeTaps: 5, outputTaps: 5, wide: 6, narrow: 3,
                    stages: 1, centroids: 9),
                PaperNetworkConfiguration.Module(
                    layout: .bottleneck, inputTaps: 3, codeTaps: 3, outputTaps: 3, wide: 8,
                    narrow: 3, stages: 2, centroids: 6),
            ], residualScale: 2)
    }

    /// A cascade with random weights, rounded as a file has them.
    package static func timeDomainNetwork(seed: UInt64 = 7) -> (
        cascade: PaperCascade<Float>, store: ParameterStore<Float>
    ) {
        let store = ParameterStore<Float>(seed: seed)
        let cascade = PaperCascade(store, timeDomainConfiguration)
        var random = RandomSource(seed: seed)
        for parameter in store.parameters where !parameter.name.hasSuffix("sharpness") {
            store.set(
                parameter,
                store.array(parameter).map { $0 + Float(random.uniform(-0.05, 0.05)) })
        }
        CodecModel.roundTimeDomain(cascade, store)
        return (cascade, store)
    }

    /// The bytes of its model file; its tables are those of speech-like sounds.
    public static func timeDomainFileBytes(seed: UInt64 = 7) throws -> [UInt8] {
        let (cascade, store) = timeDomainNetwork(seed: seed)
        var statistics = TimeDomainStatistics(
            TimeDomainCoder(cascade, store, symbolModels: [], rates: []))
        for i in 0..<2 {
            statistics.add(
                SpeechLikeSignal.samples(seconds: 2, rate: 16_000, seed: seed + UInt64(i)))
        }
        return try CodecModel.timeDomainFile(
            name: "tiny-cascade", recipe: "random weights, seed \(seed)", cascade: cascade,
            store: store, tables: statistics.tables(), restSymbols: statistics.restSymbols,
            rates: [8000, 12_000])
    }
}
