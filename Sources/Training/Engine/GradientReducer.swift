import NeuralNetwork

/// Sums what the shards of a step leave behind. A reducer over several machines runs some of the
/// shards here and the others elsewhere; the order of the sum is fixed by the number of shards
/// alone, so that weights do not depend on who computed what.
public protocol GradientReducer {
    /// Which of a step's shards run in this process.
    func shards(of count: Int) -> Range<Int>
    /// Leaves the sum over the shards of all processes in the first gradient.
    /// - Parameters:
    ///   - gradients: one for each shard that ran here, of the same length; all may be overwritten
    ///   - measured: of the shards that ran here; afterwards of all
    func reduce(
        _ gradients: [UnsafeMutableBufferPointer<Float>], _ measured: inout Measurements
    ) throws
}

/// All shards run here.
public struct LocalReducer: GradientReducer {
    public init() {}

    public func shards(of count: Int) -> Range<Int> { 0..<count }

    /// Neighbours first, then neighbouring pairs, and so on: a tree that other processes could
    /// share without changing a bit.
    public func reduce(
        _ gradients: [UnsafeMutableBufferPointer<Float>], _ measured: inout Measurements
    ) {
        var distance = 1
        while distance < gradients.count {
            for first in stride(from: 0, to: gradients.count - distance, by: 2 * distance) {
                let sum = gradients[first]
                Float.kernels.accScaled(
                    gradients[first + distance].baseAddress, 1, sum.baseAddress, sum.count)
            }
            distance *= 2
        }
    }
}
