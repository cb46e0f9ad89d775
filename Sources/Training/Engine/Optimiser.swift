import Foundation
import NeuralNetwork

/// Adam (Kingma and Ba 2015) with clipping by global norm and an exponential moving average of the
/// weights.
public final class Optimiser {
    public let firstMoment: Buffer<Float>
    public let secondMoment: Buffer<Float>
    public let average: Buffer<Float>
    /// Updates since the moments were last cleared.
    public var updates = 0

    public init(values: [Float]) {
        firstMoment = Buffer(Array(repeating: 0, count: values.count))
        secondMoment = Buffer(Array(repeating: 0, count: values.count))
        average = Buffer(values)
    }

    /// Clears the moments: a new phase begins.
    public func restart() {
        firstMoment.fill(0)
        secondMoment.fill(0)
        updates = 0
    }

    /// One update of all parameters that are not frozen.
    /// - Returns: global norm of the gradient before clipping.
    public func update(
        _ store: ParameterStore<Float>, gradient: UnsafeMutableBufferPointer<Float>, rate: Double,
        _ configuration: some TrainingSchedule
    ) -> Double {
        let kernels = Float.kernels
        let norm = Double(kernels.dot(gradient.baseAddress, gradient.baseAddress, gradient.count))
            .squareRoot()
        guard norm.isFinite else { return norm }
        if norm > configuration.clip {
            kernels.scaleShift(
                gradient.baseAddress, Float(configuration.clip / norm), 0, gradient.baseAddress,
                gradient.count)
        }
        updates += 1
        let t = Double(updates)
        let b1 = configuration.beta1
        let b2 = configuration.beta2
        let step = rate * (1 - pow(b2, t)).squareRoot() / (1 - pow(b1, t))
        // The average follows closely at first, then with the configured decay.
        let decay = min(configuration.averageDecay, (1 + t) / (10 + t))
        guard let g = gradient.baseAddress else { return norm }
        for p in store.parameters where !store.isFrozen(p) {
            let o = p.offset
            kernels.adam(
                store.pointer + o, g + o, firstMoment.pointer + o, secondMoment.pointer + o,
                average.pointer + o, p.count, Float(step), Float(b1),
                Float(b2), 1e-8, Float(decay))
        }
        return norm
    }
}
