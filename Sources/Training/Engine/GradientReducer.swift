import NeuralNetwork

/// Sums what the shards of a step leave behind. A reducer over several machines runs some of the
/// shards here and the others elsewhere; the order of the sum is fixed by the number of shards
/// alone, so that weights do not depend on who computed what.
public protocol GradientReducer {
    /// Which of a step's shards run in this process.
    func shards(of count: Int) throws -> Range<Int>
    /// Leaves the sum over the shards of all processes in the first gradient.
    /// - Parameters:
    ///   - gradients: one for each shard that ran here, of the same length; all may be overwritten
    ///   - measured: of each shard that ran here
    /// - Returns: what all shards measured, added up in their order
    func reduce(
        _ gradients: [UnsafeMutableBufferPointer<Float>], _ measured: [Measurements]
    ) throws -> Measurements
}

/// All shards run here.
public struct LocalReducer: GradientReducer {
    public init() {}

    public func shards(of count: Int) -> Range<Int> { 0..<count }

    public func reduce(
        _ gradients: [UnsafeMutableBufferPointer<Float>], _ measured: [Measurements]
    ) -> Measurements {
        Self.sum(gradients)
        return Self.sum(measured)
    }

    static func sum(_ measured: [Measurements]) -> Measurements {
        var sum = Measurements()
        for part in measured { sum += part }
        return sum
    }

    /// Neighbours first, then neighbouring pairs, and so on: a tree that other processes can share
    /// without changing a bit.
    static func sum(_ gradients: [UnsafeMutableBufferPointer<Float>]) {
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
