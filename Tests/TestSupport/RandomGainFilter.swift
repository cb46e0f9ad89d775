import Foundation
import GainFilter
import NeuralNetwork

/// A tiny gain filter with random weights that changes sound a lot, and sound for it.
public enum RandomGainFilter {
    public static let configuration: GainFilterConfiguration = {
        var c = GainFilterConfiguration()
        (c.size, c.hop, c.shortSize, c.shortHop) = (32, 8, 8, 4)
        (c.pitchSize, c.pitchBins, c.hidden, c.ahead) = (64, 5, 6, 2)
        c.shortKnots = [0, 1, 3]
        return c
    }()

    /// Random weights that change sound a lot, in half precision.
    public static func network() -> (ParameterStore<Float>, GainFilterNetwork<Float>) {
        let store = ParameterStore<Float>(seed: 11)
        let network = GainFilterNetwork(store, configuration)
        var random = RandomSource(seed: 12)
        for parameter in store.parameters {
            store.set(
                parameter,
                store.array(parameter).map {
                    Half.float(fromBits: Half.bits(of: $0 + Float(random.uniform(-0.3, 0.3))))
                })
        }
        return (store, network)
    }

    public static func signal(_ count: Int, seed: UInt64 = 1) -> [Double] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { sin(Double($0 * $0) * 0.001) * 0.3 + random.uniform(-0.1, 0.1) }
    }
}
